//! Pickles: the same objects by any protocol, in any of the ways that the opcodes allow.

use crate::node::Node;
use crate::random::Random;

/// Encodes a program.
pub struct Encoder<'r> {
    out: Vec<u8>,
    protocol: u8,
    random: &'r mut Random,
    /// How many slots of the memo are filled.
    memo: u32,
    /// Whether containers are put into the memo, as picklers do.
    puts: bool,
}

/// Encodes a program at a random protocol.
pub fn encode(node: &Node, random: &mut Random) -> Vec<u8> {
    let protocol = *random.choose(&[0, 1, 2, 2, 3, 4, 4, 5]);
    encode_at(protocol, node, random)
}

fn encode_at(protocol: u8, node: &Node, random: &mut Random) -> Vec<u8> {
    let puts = random.chance(50);
    let mut encoder = Encoder { out: Vec::new(), protocol, random, memo: 0, puts };
    encoder.node(node);
    let body = encoder.out;
    let mut pickle = if protocol >= 2 { vec![0x80, protocol] } else { Vec::new() };
    if protocol >= 4 && random.chance(80) {
        // With STOP; a frame of another length is a finding, or an error.
        let slip = if random.chance(4) { random.below(5) as u64 } else { 0 };
        pickle.push(0x95);
        pickle.extend((body.len() as u64 + 1).saturating_sub(slip).to_le_bytes());
    }
    pickle.extend(body);
    pickle.push(b'.');
    pickle
}

impl Encoder<'_> {
    fn node(&mut self, node: &Node) {
        match node {
            Node::None => self.out.push(b'N'),
            Node::Bool(value) => match self.protocol {
                0 | 1 => self.out.extend(if *value { b"I01\n" } else { b"I00\n" }),
                _ => self.out.push(if *value { 0x88 } else { 0x89 }),
            },
            Node::Int(value) => self.int(*value),
            Node::Long(bytes) => self.long(bytes),
            Node::Float(value) if self.protocol == 0 && value.is_finite() => {
                self.line(b'F', &format!("{value:?}"));
            }
            Node::Float(value) => {
                self.out.push(b'G');
                self.out.extend(value.to_be_bytes());
            }
            Node::Str(text) => self.str(text),
            Node::Bytes(bytes) => self.bytes(bytes),
            Node::ByteString(bytes) => self.sized(b'U', b'T', None, bytes),
            Node::List(items) => self.list(items),
            Node::Tuple(items) => self.tuple(items),
            Node::Dict(pairs) => self.dict(pairs),
            Node::Set(items) => self.set(items),
            Node::FrozenSet(items) => self.frozen_set(items),
            Node::Persistent(id) => {
                self.node(id);
                self.out.push(b'Q');
            }
            Node::File(objects, rest) => {
                let mut bytes = Vec::new();
                for object in objects {
                    bytes.extend(encode_at(2, object, self.random));
                }
                bytes.extend(rest);
                self.bytes(&bytes);
            }
            Node::Global(name) => self.global(name),
            Node::Call(callee, args) => self.call(callee, args),
            Node::New(class, args, keywords) => self.new_object(class, args, keywords),
            Node::Build(object, state) => {
                self.node(object);
                self.node(state);
                self.out.push(b'b');
            }
            Node::Append(object, items) => {
                self.node(object);
                self.appends(items);
            }
            Node::SetItem(object, pairs) => {
                self.node(object);
                self.set_items(pairs);
            }
            Node::Dropped(dropped, object) => {
                self.node(dropped);
                self.out.push(b'0');
                self.node(object);
            }
            Node::Changed(object, state, pairs) => {
                self.node(object);
                self.node(state);
                let slot = self.put();
                self.out.push(b'b');
                self.get(slot);
                self.set_items(pairs);
                self.out.push(b'0');
            }
            Node::Cycle(items) => {
                self.out.push(b']');
                let slot = self.put();
                self.appends(items);
                self.get(slot);
                self.out.push(b'a');
            }
            Node::Twice(object) => {
                self.out.push(b'(');
                self.node(object);
                let slot = self.put();
                self.get(slot);
                self.out.push(b't');
            }
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn line(&mut self, opcode: u8, text: &str) {
        self.out.push(opcode);
        self.out.extend(text.as_bytes());
        self.out.push(b'\n');
    }

    fn int(&mut self, value: i64) {
        let bytes = value.to_le_bytes();
        match (self.protocol, i32::try_from(value)) {
            (0, _) if self.random.chance(50) => self.line(b'I', &value.to_string()),
            (0, _) => self.line(b'L', &format!("{value}L")),
            (_, Ok(0..=0xff)) => self.out.extend([b'K', bytes[0]]),
            (_, Ok(0..=0xffff)) => self.out.extend([b'M', bytes[0], bytes[1]]),
            (_, Ok(_)) => {
                self.out.push(b'J');
                self.out.extend(&bytes[..4]);
            }
            (1, Err(_)) => self.line(b'L', &value.to_string()),
            (_, Err(_)) => self.long(&bytes),
        }
    }

    fn long(&mut self, bytes: &[u8]) {
        match u8::try_from(bytes.len()) {
            Ok(length) => self.out.extend([0x8a, length]),
            Err(_) => {
                self.out.push(0x8b);
                self.out.extend(four_bytes(bytes.len()));
            }
        }
        self.out.extend(bytes);
    }

    fn str(&mut self, text: &str) {
        let is_plain = text.chars().all(|c| ('\u{20}'..'\u{7f}').contains(&c) && c != '\\');
        if self.protocol == 0 && is_plain {
            self.line(b'V', text);
        } else if let (4.., Ok(length)) = (self.protocol, u8::try_from(text.len())) {
            self.out.extend([0x8c, length]);
            self.out.extend(text.as_bytes());
        } else {
            self.out.push(b'X');
            self.out.extend(four_bytes(text.len()));
            self.out.extend(text.as_bytes());
        }
        if self.puts {
            self.put();
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if self.protocol >= 3 {
            return self.sized(b'C', b'B', Some(0x8e), bytes);
        }
        // As protocols below 3 write them.
        let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        self.call(&Node::global("_codecs:encode"), &[Node::Str(text), Node::str("latin1")]);
    }

    fn sized(&mut self, short: u8, long: u8, longest: Option<u8>, bytes: &[u8]) {
        match (u8::try_from(bytes.len()), longest) {
            (Ok(length), _) => self.out.extend([short, length]),
            (Err(_), Some(longest)) if self.protocol >= 4 && self.random.chance(20) => {
                self.out.push(longest);
                self.out.extend((bytes.len() as u64).to_le_bytes());
            }
            (Err(_), _) => {
                self.out.push(long);
                self.out.extend(four_bytes(bytes.len()));
            }
        }
        self.out.extend(bytes);
    }

    fn list(&mut self, items: &[Node]) {
        if self.random.chance(15) {
            return self.marked(items, b'l');
        }
        self.out.push(b']');
        self.put_as_picklers_do();
        self.appends(items);
    }

    fn appends(&mut self, items: &[Node]) {
        if let [item] = items
            && self.random.chance(80)
        {
            self.node(item);
            self.out.push(b'a');
        } else if !items.is_empty() {
            self.marked(items, b'e');
        }
    }

    fn tuple(&mut self, items: &[Node]) {
        match items.len() {
            0 if self.protocol >= 1 => self.out.push(b')'),
            length @ 1..=3 if self.protocol >= 2 => {
                self.nodes(items);
                self.out.push([0x85, 0x86, 0x87][length - 1]);
            }
            _ => self.marked(items, b't'),
        }
        self.put_as_picklers_do();
    }

    fn dict(&mut self, pairs: &[(Node, Node)]) {
        if self.random.chance(15) {
            self.out.push(b'(');
            self.pairs(pairs);
            self.out.push(b'd');
            return;
        }
        self.out.push(b'}');
        self.put_as_picklers_do();
        self.set_items(pairs);
    }

    fn set_items(&mut self, pairs: &[(Node, Node)]) {
        if let [(key, value)] = pairs
            && self.random.chance(80)
        {
            self.node(key);
            self.node(value);
            self.out.push(b's');
        } else if !pairs.is_empty() {
            self.out.push(b'(');
            self.pairs(pairs);
            self.out.push(b'u');
        }
    }

    fn pairs(&mut self, pairs: &[(Node, Node)]) {
        for (key, value) in pairs {
            self.node(key);
            self.node(value);
        }
    }

    fn set(&mut self, items: &[Node]) {
        if self.protocol < 4 {
            return self.call(&Node::global("builtins:set"), &[Node::List(items.to_vec())]);
        }
        self.out.push(0x8f);
        self.put_as_picklers_do();
        if !items.is_empty() {
            self.marked(items, 0x90);
        }
    }

    fn frozen_set(&mut self, items: &[Node]) {
        if self.protocol < 4 {
            return self.call(&Node::global("builtins:frozenset"), &[Node::List(items.to_vec())]);
        }
        self.marked(items, 0x91);
    }

    fn marked(&mut self, items: &[Node], opcode: u8) {
        self.out.push(b'(');
        self.nodes(items);
        self.out.push(opcode);
    }

    fn global(&mut self, name: &str) {
        let (module, name) = name.split_once(':').expect("a name has a module");
        // Python 2's names, which protocols below 3 have mapped.
        let module = match (module, self.protocol) {
            ("builtins", 0..=2) => "__builtin__",
            ("copyreg", 0..=2) => "copy_reg",
            _ => module,
        };
        if self.protocol >= 4 && (name.contains('.') || self.random.chance(80)) {
            self.str(module);
            self.str(name);
            self.out.push(0x93);
        } else {
            self.line(b'c', &format!("{module}\n{name}"));
        }
        if self.puts {
            self.put();
        }
    }

    fn call(&mut self, callee: &Node, args: &[Node]) {
        if let Node::Global(name) = callee
            && self.random.chance(6)
        {
            if self.random.chance(50) && !name.contains(['.', '\n']) {
                let (module, name) = name.split_once(':').expect("a name has a module");
                self.out.push(b'(');
                self.nodes(args);
                return self.line(b'i', &format!("{module}\n{name}"));
            }
            self.out.push(b'(');
            self.node(callee);
            self.nodes(args);
            self.out.push(b'o');
            return;
        }
        self.node(callee);
        self.tuple(args);
        self.out.push(b'R');
        self.put_as_picklers_do();
    }

    fn new_object(&mut self, class: &Node, args: &[Node], keywords: &[(Node, Node)]) {
        let is_plain = args.is_empty() && keywords.is_empty();
        if is_plain && (self.protocol < 2 || self.random.chance(10)) {
            let object = [class.clone(), Node::global("builtins:object"), Node::None];
            self.call(&Node::global("copyreg:_reconstructor"), &object);
        } else if keywords.is_empty() && (self.protocol < 2 || self.random.chance(5)) {
            let all: Vec<Node> = std::iter::once(class).chain(args).cloned().collect();
            self.call(&Node::global("copyreg:__newobj__"), &all);
        } else if keywords.is_empty() && self.random.chance(95) {
            self.node(class);
            self.tuple(args);
            self.out.push(0x81);
        } else if self.protocol >= 4 {
            self.node(class);
            self.tuple(args);
            self.dict(keywords);
            self.out.push(0x92);
        } else {
            let all = [class.clone(), Node::Tuple(args.to_vec()), Node::Dict(keywords.to_vec())];
            self.call(&Node::global("copyreg:__newobj_ex__"), &all);
        }
        self.put_as_picklers_do();
    }

    fn put_as_picklers_do(&mut self) {
        if self.puts {
            self.put();
        }
    }

    /// Puts what is on top of the stack into the memo, and returns the slot.
    fn put(&mut self) -> u32 {
        let slot = self.memo;
        self.memo += 1;
        match self.protocol {
            0 => self.line(b'p', &slot.to_string()),
            4.. => self.out.push(0x94),
            _ if slot < 256 => self.out.extend([b'q', slot.to_le_bytes()[0]]),
            _ => {
                self.out.push(b'r');
                self.out.extend(slot.to_le_bytes());
            }
        }
        slot
    }

    fn get(&mut self, slot: u32) {
        match self.protocol {
            0 => self.line(b'g', &slot.to_string()),
            _ if slot < 256 => self.out.extend([b'h', slot.to_le_bytes()[0]]),
            _ => {
                self.out.push(b'j');
                self.out.extend(slot.to_le_bytes());
            }
        }
    }
}

/// A length of four bytes.
fn four_bytes(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("programs are short").to_le_bytes()
}
