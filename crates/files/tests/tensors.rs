//! The tensors of torch's files, element by element, compared with what torch said of them.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use halfsour_classes::memory::{Scalar, Strided};
use halfsour_classes::torch::{ByteOrder, DType, Dense, Element, Layout, Place, Quantiser, Sparse, Tensor};
use halfsour_classes::{Known, recognise};
use halfsour_files::{Contents, Limits, Source, Torch};
use halfsour_fixtures::{Package, package_files, packages};
use halfsour_text::repr;
use halfsour_value::{Data, Node};
use halfsour_vm::Loader;
use serde_json::{Value, json};

type N<'g> = Node<'g, Bytes>;

/// A document, and the storages that were met in it.
struct Document {
    torch: Option<Torch>,
    storages: HashMap<String, usize>,
}

#[test]
fn all_are_what_torch_says() {
    let mut tensors = 0;
    let all = packages().into_iter().chain(package_files());
    for package in all.filter(|package| package.script == "tensors") {
        let name = package.to_string();
        let Package { bytes, value, .. } = package;
        let source = Source::from_bytes(name.clone(), bytes.into(), Limits::UNTRUSTED).unwrap();
        let torch = Torch::of(&source).unwrap();
        let mut pickles = torch.as_ref().map_or_else(|| source.pickles(), Torch::pickle);
        let graph = pickles.load_next(&mut Loader::new()).unwrap().unwrap();
        let mut document = Document { torch, storages: HashMap::new() };
        let found = document.describe(graph.root(), &value);
        assert_eq!(found, value, "{name}: {}", graph.root());
        tensors += document.storages.len();
    }
    assert!(tensors > 300, "{tensors}");
}

impl Document {
    /// What it is in the words of the fixtures. What is in no pickle is taken from what is expected.
    fn describe(&mut self, node: N<'_>, expected: &Value) -> Value {
        let items = &expected["items"];
        match recognise(node) {
            Some(Known::Tensor(tensor)) => return self.tensor(&tensor),
            Some(Known::TorchSize(sizes)) => return json!({"kind": "Size", "items": sizes}),
            Some(Known::TorchDType(dtype)) => {
                return json!({"kind": "dtype", "name": format!("torch.{dtype}")});
            }
            Some(Known::Device(device)) => {
                assert_eq!(device.index, None);
                return json!({"kind": "device", "name": device.kind});
            }
            Some(Known::OrderedDict(dict)) => {
                let pairs = self.pairs(dict.items, items);
                let mut told = json!({"kind": "OrderedDict", "items": pairs});
                if let Some(metadata) = dict.attributes.and_then(|attributes| attributes.get("_metadata")) {
                    let Some(Known::OrderedDict(metadata)) = recognise(metadata) else { panic!() };
                    told["metadata"] = self.pairs(metadata.items, &expected["metadata"]).into();
                }
                return told;
            }
            _ => {}
        }
        match (node.data(), expected["kind"].as_str()) {
            (Data::None, _) => Value::Null,
            (Data::Bool(value), _) => value.into(),
            (Data::Int(value), _) => value.into(),
            (Data::Float(value), _) => json!({"kind": "float", "value": float(value)}),
            (Data::Str(text), _) => text.as_str().unwrap().into(),
            (Data::List(elements), _) => {
                elements.enumerate().map(|(index, node)| self.describe(node, &expected[index])).collect()
            }
            (Data::Tuple(elements), _) => {
                let all = elements.enumerate().map(|(index, node)| self.describe(node, &items[index]));
                json!({"kind": "tuple", "items": all.collect::<Vec<_>>()})
            }
            (Data::Dict(found), _) => json!({"kind": "dict", "items": self.pairs(found, items)}),
            (Data::Instance(instance), Some("object")) => {
                let mut state = serde_json::Map::new();
                for (key, value) in instance.attrs() {
                    let key = key.as_str().unwrap();
                    state.insert(key.to_owned(), self.describe(value, &expected["state"][key]));
                }
                json!({"kind": "object", "class": class(node), "state": state})
            }
            (Data::Instance(instance), Some("module")) => {
                let mut told = json!({"kind": "module", "class": class(node)});
                told["training"] = instance.attr("training").unwrap().as_bool().into();
                for part in ["parameters", "buffers", "modules"] {
                    let dict = instance.attr(&format!("_{part}")).unwrap();
                    told[part] = match recognise(dict) {
                        Some(Known::OrderedDict(dict)) => self.pairs(dict.items, &expected[part]).into(),
                        _ => self.pairs(dict.items().unwrap(), &expected[part]).into(),
                    };
                }
                told
            }
            (Data::Instance(_), Some("script")) => {
                let mut state = Vec::new();
                self.script("", node, &mut state);
                json!({"kind": "script", "code": expected["code"], "state": state})
            }
            // A scalar of numpy.
            (Data::Instance(_), Some("scalar")) => expected.clone(),
            _ => json!(format!("not known: {node}")),
        }
    }

    fn pairs<'g>(&mut self, pairs: impl Iterator<Item = (N<'g>, N<'g>)>, expected: &Value) -> Vec<Value> {
        let pair = |(index, (key, value))| {
            let pair: &Value = &expected[index];
            json!([self.describe(key, &pair[0]), self.describe(value, &pair[1])])
        };
        pairs.enumerate().map(pair).collect()
    }

    /// The tensors of a module of `TorchScript`, as its `state_dict` has them, which does without gradients.
    fn script(&mut self, prefix: &str, node: N<'_>, state: &mut Vec<Value>) {
        for (name, value) in node.as_instance().unwrap().attrs() {
            let name = format!("{prefix}{}", name.as_str().unwrap());
            if let Some(Known::Tensor(mut tensor)) = recognise(value) {
                tensor.requires_grad = false;
                state.push(json!([name, self.tensor(&tensor)]));
            } else if value.as_instance().is_some() {
                self.script(&format!("{name}."), value, state);
            }
        }
    }

    fn contents(&self, dense: &Dense<'_>) -> Contents {
        match (&self.torch, dense.storage.place) {
            (Some(torch), _) => torch.contents(&dense.storage).unwrap(),
            (None, Place::Embedded(file)) => Contents::embedded("", &Bytes::copy_from_slice(file)).unwrap(),
            (None, Place::Beside { .. }) => panic!("there is nothing beside a pickle"),
        }
    }

    fn elements(&self, dense: &Dense<'_>) -> (DType, Vec<Element>) {
        let contents = self.contents(dense);
        let dtype = dense.dtype.or(contents.dtype).unwrap();
        let elements: Vec<_> = dense.elements(dtype, &contents.bytes, contents.byte_order).unwrap().collect();
        // Side by side, they are the same; and with the bytes of each number in the other order.
        let order = contents.byte_order;
        assert_eq!(order, ByteOrder::Little);
        let number = dtype.number_size();
        let swapped: Vec<u8> =
            contents.bytes.chunks_exact(number).flat_map(|number| number.iter().rev().copied()).collect();
        let mut flat = dense.clone();
        flat.strided = Strided { shape: vec![elements.len() as u64], strides: vec![1], offset: 0 };
        (flat.is_conjugate, flat.is_negative) = (false, false);
        for (bytes, order) in [(&contents.bytes[..], ByteOrder::Little), (&swapped, ByteOrder::Big)] {
            let again = dense.elements(dtype, bytes, order).unwrap();
            assert!(again.map(shown).eq(elements.iter().copied().map(shown)));
            let copy = dense.contiguous(dtype, bytes, order).unwrap();
            let again = flat.elements(dtype, &copy, ByteOrder::Little).unwrap();
            assert!(again.map(shown).eq(elements.iter().copied().map(shown)));
        }
        (dtype, elements)
    }

    fn tensor(&mut self, tensor: &Tensor<'_, Bytes>) -> Value {
        let class = match tensor.class {
            Some(class) => class.as_global().unwrap().full_name(),
            None if tensor.is_parameter => "torch.nn.parameter.Parameter".to_owned(),
            None => "torch.Tensor".to_owned(),
        };
        let mut told = json!({"kind": "tensor", "class": class, "shape": tensor.shape()});
        if let Some(attributes) = tensor.attributes {
            told["attributes"] = self.pairs(attributes.items().unwrap(), &Value::Null).into();
        }
        let dense = match &tensor.layout {
            Layout::Strided(dense) | Layout::Quantised(dense, _) => dense,
            Layout::Meta { dtype, strides, .. } => {
                told["dtype"] = format!("torch.{dtype}").into();
                told["stride"] = json!(strides);
                told["device"] = "meta".into();
                told["offset"] = 0.into();
                told["requires_grad"] = tensor.requires_grad.into();
                return told;
            }
            Layout::Sparse(sparse) => {
                self.sparse(sparse, &mut told);
                return told;
            }
            _ => panic!("of an unknown layout"),
        };
        self.dense(dense, &mut told);
        told["requires_grad"] = tensor.requires_grad.into();
        if let Layout::Quantised(_, quantiser) = &tensor.layout {
            self.quantised(dense, quantiser, &mut told);
        }
        told
    }

    fn dense(&mut self, dense: &Dense<'_>, told: &mut Value) {
        let contents = self.contents(dense);
        let (dtype, elements) = self.elements(dense);
        let identity = match dense.storage.place {
            Place::Beside { key, length, .. } => {
                assert_eq!(length, contents.bytes.len() as u64);
                key.to_owned()
            }
            Place::Embedded(file) => format!("{file:p}"),
        };
        let next = self.storages.len();
        told["storage"] = (*self.storages.entry(identity).or_insert(next)).into();
        told["storage_bytes"] = contents.bytes.len().into();
        told["dtype"] = format!("torch.{dtype}").into();
        told["stride"] = json!(dense.strided.strides);
        told["offset"] = dense.strided.offset.into();
        told["elements"] = elements.into_iter().map(shown).collect();
    }

    // torch computes with floats of 32 bits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn quantised(&self, dense: &Dense<'_>, quantiser: &Quantiser<'_>, told: &mut Value) {
        let (_, elements) = self.elements(dense);
        let float_of = |element: &Element| match element {
            Element::Scalar(Scalar::Int(int)) => *int as f32,
            Element::Scalar(Scalar::UInt(int)) => *int as f32,
            Element::Scalar(Scalar::Float(float)) => *float as f32,
            _ => panic!("neither an integer nor a float"),
        };
        let per_index: Vec<_>;
        let (scales, zero_points, rest) = match quantiser {
            Quantiser::Tensor { scale, zero_point } => {
                told["scheme"] = "torch.per_tensor_affine".into();
                told["scale"] = float(*scale).into();
                told["zero_point"] = (*zero_point).into();
                (vec![*scale as f32], vec![*zero_point as f32], usize::MAX)
            }
            Quantiser::Channel { scales, zero_points, axis } => {
                let (scales, points) = (self.elements(scales).1, self.elements(zero_points).1);
                told["scheme"] = "torch.per_channel_affine".into();
                told["scales"] = scales.iter().copied().map(shown).collect();
                told["zero_points"] = points.iter().copied().map(shown).collect();
                told["axis"] = (*axis).into();
                per_index = dense.strided.shape[usize::try_from(*axis).unwrap() + 1..].to_vec();
                let rest = usize::try_from(per_index.iter().product::<u64>()).unwrap();
                (scales.iter().map(float_of).collect(), points.iter().map(float_of).collect(), rest)
            }
        };
        let value = |(index, element): (usize, &Element)| {
            let channel = index / rest % scales.len();
            float(f64::from((float_of(element) - zero_points[channel]) * scales[channel]))
        };
        told["dequantised"] = elements.iter().enumerate().map(value).collect();
    }

    fn sparse(&mut self, sparse: &Sparse<'_>, told: &mut Value) {
        let mut parts = vec![("indices", &sparse.indices), ("values", &sparse.values)];
        if let Some(pointers) = &sparse.pointers {
            parts = vec![
                ("crow_indices", pointers),
                ("col_indices", &sparse.indices),
                ("values", &sparse.values),
            ];
        }
        for (name, part) in parts {
            let mut part_told =
                json!({"kind": "tensor", "class": "torch.Tensor", "shape": part.strided.shape});
            self.dense(part, &mut part_told);
            part_told["requires_grad"] = false.into();
            told[name] = part_told;
        }
        told["layout"] = format!("torch.{}", sparse.layout).into();
        told["dtype"] = told["values"]["dtype"].clone();
        let ints = |dense: &Dense<'_>| -> Vec<usize> {
            let int = |element| match element {
                Element::Scalar(Scalar::Int(int)) => usize::try_from(int).unwrap(),
                _ => panic!("not an integer"),
            };
            self.elements(dense).1.into_iter().map(int).collect()
        };
        let [rows, columns] = sparse.shape[..] else { panic!("not a matrix") };
        let columns = usize::try_from(columns).unwrap();
        let mut all = vec![json!("0.0"); usize::try_from(rows).unwrap() * columns];
        let indices = ints(&sparse.indices);
        for (at, value) in self.elements(&sparse.values).1.into_iter().enumerate() {
            let (row, column) = match &sparse.pointers {
                Some(pointers) => {
                    (ints(pointers).iter().rposition(|&first| first <= at).unwrap(), indices[at])
                }
                None => (indices[at], indices[indices.len() / 2 + at]),
            };
            all[row * columns + column] = shown(value);
        }
        told["elements"] = all.into();
    }
}

/// Sparse tensors of sparse ones, and so on: nothing calls itself for each.
#[test]
fn depth_takes_no_stack() {
    const LEVELS: usize = 100_000;
    let sparse = b"ctorch._utils\n_rebuild_sparse_tensor\n(ctorch.serialization\n_get_layout\n(X\x10\0\0\0torch.sparse_cootR(";
    let quantised = b"ctorch._utils\n_rebuild_qtensor\n(cpersid\nx\nK\0))(ctorch\nper_channel_affine\n";
    let parameter = b"ctorch._utils\n_rebuild_parameter\n(";
    let typed =
        b"ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._tensor\n_rebuild_from_type_v2\nctorch\nTensor\n(";
    let cases: [(&[u8], &[u8]); 4] =
        [(sparse, b"N)ttR"), (quantised, b"NK\0t\x89}tR"), (parameter, b"\x88}tR"), (typed, b"tNtR")];
    for (begin, end) in cases {
        let pickle = [&b"\x80\x02"[..], &begin.repeat(LEVELS), b"N", &end.repeat(LEVELS), b"."].concat();
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        assert!(recognise(graph.root()).is_none());
    }
}

/// What `as_strided` of torch says of ten floats: whether all elements are in them.
#[test]
fn sizes_that_lie() {
    const MOST: u64 = i64::MAX.cast_unsigned();
    type Case = (&'static [u64], &'static [u64], u64, Option<u64>);
    let cases: [Case; 17] = [
        (&[10], &[1], 0, Some(10)),
        (&[11], &[1], 0, None),
        (&[10], &[1], 1, None),
        (&[5], &[2], 1, Some(5)),
        (&[5], &[2], 2, None),
        (&[], &[], 9, Some(1)),
        (&[], &[], 10, None),
        (&[2, 3], &[4, 1], 3, Some(6)),
        (&[2, 3], &[4, 1], 4, None),
        // Of one element, or of none, strides and offset mean nothing.
        (&[1], &[MOST], 9, Some(1)),
        (&[3, 0, 4], &[MOST, MOST, MOST], 0, Some(0)),
        (&[0], &[1], MOST, Some(0)),
        // The same element, many times.
        (&[1 << 40], &[0], 9, Some(1 << 40)),
        // What a number of 64 bits does not hold.
        (&[1 << 32, 1 << 32], &[0, 0], 0, None),
        (&[2], &[MOST], 0, None),
        (&[1], &[1], MOST, None),
        (&[MOST, 3], &[1, MOST], MOST, None),
    ];
    // torch.tensor([0.0])
    let graph = halfsour_vm::from_slice(
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n\
          X\x01\0\0\x000X\x03\0\0\0cpuK\x01tQK\0K\x01\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR.",
    )
    .unwrap();
    let Some(Known::Tensor(tensor)) = recognise(graph.root()) else { panic!("a tensor") };
    let Layout::Strided(dense) = tensor.layout else { panic!("a dense tensor") };
    for (shape, strides, offset, count) in cases {
        let mut dense = dense.clone();
        dense.strided = Strided { shape: shape.to_vec(), strides: strides.to_vec(), offset };
        let bytes = [0; 40];
        let elements = dense.elements(DType::Float32, &bytes, ByteOrder::Little);
        assert_eq!(elements.is_some(), count.is_some(), "{shape:?} {strides:?} {offset}");
        assert!(count.is_none() || dense.strided.len() == count);
        if let Some(elements) = elements {
            assert_eq!(elements.take(50).count() as u64, count.unwrap().min(50));
        }
    }
}

/// Streams with a byte that is another: what is recognised in them does no harm.
#[test]
fn what_nobody_wrote_is_no_harm() {
    let mut known = 0;
    let wanted = |package: &Package| {
        package.environment == "3.13-torch"
            && package.file.as_deref() == Some("zip.pt")
            && package.bytes.len() < 4000
    };
    for package in package_files().into_iter().filter(wanted) {
        let source = Source::from_bytes("torch", package.bytes.into(), Limits::UNTRUSTED).unwrap();
        let torch = Torch::of(&source).unwrap().unwrap();
        let pickle = torch.pickle().bytes().to_vec();
        for at in 0..pickle.len() {
            for byte in [b'N', b')', 0, 0xFF, pickle[at] ^ 1, pickle[at].wrapping_add(1)] {
                let mut pickle = pickle.clone();
                pickle[at] = byte;
                let Ok(graph) = halfsour_vm::from_slice(&pickle) else { continue };
                let (mut open, mut seen) = (vec![graph.root()], HashSet::new());
                while let Some(node) = open.pop() {
                    if !seen.insert(node.id()) {
                        continue;
                    }
                    open.extend(node.elements().into_iter().flatten());
                    open.extend(node.items().into_iter().flatten().flat_map(|(key, value)| [key, value]));
                    if let Some(instance) = node.as_instance() {
                        open.extend([instance.args()].into_iter().chain(instance.state()));
                    }
                    let Some(Known::Tensor(tensor)) = recognise(node) else { continue };
                    known += 1;
                    let (Layout::Strided(dense) | Layout::Quantised(dense, _)) = &tensor.layout else {
                        continue;
                    };
                    let Ok(contents) = torch.contents(&dense.storage) else { continue };
                    let Some(dtype) = dense.dtype else { continue };
                    let elements = dense.elements(dtype, &contents.bytes, contents.byte_order);
                    elements.into_iter().flatten().take(100).for_each(drop);
                }
            }
        }
    }
    assert!(known > 10_000, "{known}");
}

fn float(value: f64) -> String {
    repr::Float(value).to_string()
}

fn shown(element: Element) -> Value {
    match element {
        Element::Scalar(Scalar::Bool(value)) => value.into(),
        Element::Scalar(Scalar::Int(value)) => value.into(),
        Element::Scalar(Scalar::UInt(value)) => value.into(),
        Element::Scalar(Scalar::Float(value)) => float(value).into(),
        Element::Scalar(Scalar::Complex(re, im)) => json!([float(re), float(im)]),
        Element::Packed(_) => panic!("torch shows none of these"),
    }
}

fn class(node: N<'_>) -> String {
    let class = node.class().unwrap();
    // Old files name classes of modules by persistent ids: `('module', class, file, source)`.
    let class = if let Data::PersistentId(id) = class.data() { id.at(1).unwrap() } else { class };
    class.as_global().unwrap().full_name()
}
