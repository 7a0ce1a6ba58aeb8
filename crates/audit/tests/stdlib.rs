//! What can be made out of listed names of the standard library alone: what does no harm is clean, and what somebody made of it who wanted to
//! do harm is not.

use halfsour_audit::{Auditor, Policy, Severity, Verdict};
use halfsour_fixtures::holders;

/// `module\nname\n` as a class or function.
fn name(name: &str) -> String {
    let (module, name) = name.split_once(' ').expect("module and name");
    format!("c{module}\n{name}\n")
}

/// A call with arguments.
fn call(function: &str, args: &[&str]) -> String {
    format!("{}({}tR", name(function), args.concat())
}

/// An object that `__new__` makes of nothing, with a state.
fn object(class: &str, state: &str) -> String {
    format!("{})\u{81}{state}b", name(class))
}

fn dict(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{}{value}", text(key))).collect();
    format!("(d({}u", pairs.concat())
}

fn list(items: &[&str]) -> String {
    format!("(l({}e", items.concat())
}

fn tuple(items: &[&str]) -> String {
    format!("({}t", items.concat())
}

fn text(text: &str) -> String {
    format!("V{text}\n")
}

fn int(number: i64) -> String {
    format!("L{number}L\n")
}

/// An int of so many digits.
fn long(digits: usize) -> String {
    format!("L1{}L\n", "0".repeat(digits))
}

/// Opcodes are bytes, and those of names are ASCII.
fn pickle(opcodes: &str) -> Vec<u8> {
    let bytes = opcodes.chars().map(|it| u8::try_from(u32::from(it)).expect("a byte"));
    b"\x80\x04".iter().copied().chain(bytes).chain(*b".").collect()
}

fn audit(opcodes: &str) -> halfsour_audit::Report {
    Auditor::new(Policy::default()).audit(&pickle(opcodes))
}

#[track_caller]
fn is_clean(opcodes: &str) {
    let report = audit(opcodes);
    assert!(report.is_clean(), "{opcodes}: {:?} {:?}", report.findings, report.completeness);
}

#[track_caller]
fn is_found(opcodes: &str) {
    let report = audit(opcodes);
    assert!(
        !report.findings.is_empty(),
        "{}: {:?}",
        opcodes.chars().take(300).collect::<String>(),
        report.completeness
    );
}

/// An iterator without end, and a list without end.
fn endless() -> [String; 3] {
    let factory = call("collections defaultdict", &[&name("builtins list")]);
    [
        call("itertools count", &[&int(0)]),
        call("itertools cycle", &[&call("builtins iter", &[&list(&[&int(1)])])]),
        object("collections UserList", &dict(&[("data", &factory)])),
    ]
}

#[test]
fn what_has_no_end_is_given_to_nothing_that_goes_over_it() {
    let [count, cycle, user_list] = endless();
    is_clean(&count);
    is_clean(&cycle);
    // Its data are no list.
    is_found(&user_list);
    for endless in [count, cycle] {
        is_found(&call("builtins ExceptionGroup", &[&text("m"), &endless]));
        is_found(&call("builtins SyntaxError", &[&text("m"), &endless]));
        is_found(&format!("{}{}b", call("builtins ValueError", &[]), dict(&[("args", &endless)])));
        for class in [
            "collections deque",
            "collections OrderedDict",
            "collections Counter",
            "builtins set",
            "builtins tuple",
            "itertools product",
        ] {
            is_found(&call(class, &[&endless]));
        }
        is_found(&call("collections OrderedDict", &[&list(&[&endless])]));
        is_found(&call("itertools combinations", &[&endless, &int(2)]));
        is_found(&call("array array", &[&text("i"), &endless]));
        is_found(&call("array array", &[&text("i"), &list(&[&endless])]));
        is_found(&call("time struct_time", &[&endless]));
        is_found(&call("sortedcontainers.sortedlist SortedList", &[&endless]));
        is_found(&object("collections ChainMap", &dict(&[("maps", &endless)])));
    }
    let long = call("builtins range", &[&int(0), &int(1 << 40), &int(1)]);
    is_clean(&long);
    is_found(&call("builtins list", &[&long]));
    is_found(&call("builtins tuple", &[&long]));
    is_found(&call("collections deque", &[&long]));
    let members = [call("builtins ValueError", &[]), call("builtins KeyError", &[&text("a")])];
    is_clean(&call("builtins ExceptionGroup", &[&text("m"), &list(&[&members[0], &members[1]])]));
    is_found(&call("builtins ExceptionGroup", &[&text("m"), &list(&[&members[0], &int(1)])]));
}

#[test]
fn numbers_of_many_digits_are_not_written_in_base_10() {
    let long = long(20_000);
    for call in [
        call("decimal Decimal", &[&long]),
        call("fractions Fraction", &[&int(1), &long]),
        call("ipaddress IPv4Address", &[&long]),
        call("http HTTPStatus", &[&long]),
        call("re RegexFlag", &[&long]),
        call("plistlib UID", &[&long]),
        call("configparser MissingSectionHeaderError", &[&text("f"), &long, &text("x")]),
        call("json.decoder JSONDecodeError", &[&text("m"), &text("x"), &long]),
        call("datetime timedelta", &[&long]),
        object("uuid UUID", &dict(&[("int", &long)])),
        call("decimal Decimal", &[&tuple(&[&int(0), &tuple(&[&int(1), &int(10)]), &int(0)])]),
    ] {
        is_found(&call);
    }
    is_clean(&call("decimal Decimal", &[&tuple(&[&int(0), &tuple(&[&int(1), &int(9)]), &int(0)])]));
    is_clean(&call("http HTTPStatus", &[&int(404)]));
    is_clean(&object("uuid UUID", &dict(&[("int", &int(5))])));
    // Below Python 3.11, each combination of flags is looked for among all that were made before.
    is_found(&call("ssl Options", &[&int(0x1234_5678)]));
    is_clean(&call("ssl Options", &[&int(0x4000_0000)]));
}

#[test]
fn what_c_believes_is_checked() {
    let numbers = vec![int(7); 625];
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let random =
        |numbers: &str| format!("{}{}b", call("random Random", &[]), tuple(&[&int(3), numbers, "N"]));
    is_clean(&random(&tuple(&numbers)));
    is_found(&random(&tuple(&numbers[1..])));
    is_found(&random(&tuple(&[&numbers[1..], &[text("%01000000000d").as_str()]].concat())));
    let pair = tuple(&[&int(1), &int(2)]);
    let combinations = |pool: &str, length| {
        let made = call("itertools combinations", &[pool, &int(length)]);
        format!("{made}{}b", tuple(&[&int(0)]))
    };
    is_clean(&combinations(&pair, 1));
    is_found(&combinations("(t", 1));
    is_found(&combinations(&pair, 1 << 40));
    is_clean(&call("itertools permutations", &[&pair, &int(2)]));
    is_found(&call("itertools permutations", &[&pair, &int(3)]));
    is_found(&call("itertools _tee_dataobject", &[&int(1), "(l", "N"]));
    let element = object("xml.etree.ElementTree Element", &dict(&[("tag", &text("a"))]));
    let parent = |child: &str| {
        object("xml.etree.ElementTree Element", &dict(&[("tag", &text("a")), ("_children", &list(&[child]))]))
    };
    is_clean(&parent(&element));
    is_found(&parent(&int(1)));
    is_found(&parent(&call("types SimpleNamespace", &[])));
    // What a decoding error is about stands in memory that C reads.
    let error =
        call("builtins UnicodeDecodeError", &[&text("utf8"), "C\u{1}\u{ff}", &int(0), &int(1), &text("r")]);
    is_clean(&error);
    is_found(&format!("{error}{}b", dict(&[("object", &int(1))])));
}

#[test]
fn what_may_be_called_is_kept_nowhere() {
    for function in [
        "builtins getattr",
        "builtins max",
        "builtins sum",
        "builtins type",
        "builtins iter",
        "functools partial",
        "operator itemgetter",
        "copyreg _reconstructor",
        "re _compile",
    ] {
        is_found(&name(function));
        is_found(&list(&[&name(function)]));
        is_found(&object("types SimpleNamespace", &dict(&[("x", &name(function))])));
        is_found(&call("builtins ValueError", &[&name(function)]));
    }
    let partial = |function: &str, args: &str| {
        let state = tuple(&[&name(function), args, "(d", "N"]);
        format!("{}{state}b", call("functools partial", &[&name(function)]))
    };
    is_clean(&partial("builtins int", &tuple(&[&text("5")])));
    is_clean(&partial("collections defaultdict", &tuple(&[&name("builtins int")])));
    is_found(&partial("collections defaultdict", &tuple(&[&name("builtins eval")])));
    is_found(&partial("builtins getattr", "(t"));
    is_found(&partial("builtins int", &tuple(&[&text(&"9".repeat(100_000))])));
    is_found(&call("builtins map", &[&name("builtins eval"), &list(&[])]));
    is_found(&call("functools reduce", &[&name("_operator add"), &tuple(&[&list(&[]), &list(&[])])]));
    is_found(&call("_operator getitem", &[&list(&[&int(1)]), &int(0)]));
    is_clean(&call(
        "functools reduce",
        &[&name("_operator or_"), &tuple(&[&name("builtins int"), &name("builtins str")])],
    ));
}

#[test]
fn no_state_puts_anything_in_the_place_of_a_method() {
    let len = name("builtins len");
    for (class, key, value) in [
        ("logging LogRecord", "getMessage", len.as_str()),
        ("logging Formatter", "format", &len),
        ("collections OrderedDict", "_OrderedDict__root", "(l"),
        ("collections OrderedDict", "move_to_end", "N"),
        ("collections OrderedDict", "__setstate__", &len),
        ("configparser SectionProxy", "getint", &len),
        ("configparser ConfigParser", "optionxform", &len),
        ("configparser ConfigParser", "getboolean", &call("functools partial", &[&name("builtins sorted")])),
        ("argparse Namespace", "__class__", &len),
        ("email.message Message", "policy", "N"),
        ("email.policy EmailPolicy", "message_factory", &len),
        ("json.encoder JSONEncoder", "default", &len),
        ("zoneinfo ZoneInfo", "utcoffset", "N"),
        ("_io BytesIO", "close", &len),
        ("subprocess CompletedProcess", "check_returncode", &len),
        ("inspect Parameter", "replace", &len),
    ] {
        is_found(&object(class, &dict(&[(key, value)])));
    }
    // A part for slots, which runs the setters of properties.
    let node = |key: &str| object("xml.dom.minidom Element", &tuple(&["N", &dict(&[(key, "N")])]));
    is_clean(&node("parentNode"));
    is_found(&node("nodeValue"));
    is_found(&node("__class__"));
    let record = object("logging LogRecord", &dict(&[("msg", &text("m")), ("request", &int(5))]));
    is_clean(&record);
    is_found(&format!("{record}{}b", dict(&[("msg", &text("n"))])));
}

#[test]
fn items_are_what_the_class_takes_as_it_is() {
    let cookie = |item: &str| format!("{})\u{81}{}{item}s", name("http.cookies SimpleCookie"), text("a"));
    let morsel = object(
        "http.cookies Morsel",
        &dict(&[("key", &text("a")), ("value", &text("b")), ("coded_value", &text("b"))]),
    );
    is_clean(&cookie(&morsel));
    // Anything else is made text of.
    is_found(&cookie(&text("b")));
    is_found(&cookie(&list(&[])));
    let stack = |item: &str| format!("{})\u{81}{item}a", name("traceback StackSummary"));
    is_found(&stack(&int(1)));
    let bases = |base: &str| {
        tuple(&[&name(&format!("email.headerregistry {base}")), &name("email.headerregistry BaseHeader")])
    };
    is_clean(&call(
        "email.headerregistry _reconstruct_header",
        &[&text("_X"), &bases("DateHeader"), &text("x")],
    ));
    is_found(&call("email.headerregistry _reconstruct_header", &[&text("_X"), &bases("Group"), &text("x")]));
}

#[test]
fn regular_expressions_cost_little() {
    let compile = |pattern: &str, flags| call("re _compile", &[&text(pattern), &int(flags)]);
    is_clean(&compile("(?u)\\b\\w\\w+\\b", 32));
    is_clean(&compile("[a-zA-Z]+|[0-9]{2}", 2));
    // Each range is gone over, letter by letter.
    is_found(&compile(&"[a-\\U0010ffff]".repeat(30), 2));
    is_found(&compile(&"[a-\\\\U0010ffff]".repeat(30).replace("\\\\", "\\u005c"), 2));
    // It is printed; and what is none.
    is_found(&compile("a", 128));
    is_found(&compile("a", 1 << 20));
    is_found(&call("re _compile", &[&list(&[]), &int(0)]));
}

#[test]
fn types_do_not_unfold() {
    let generic = name("typing Dict");
    let of = |args: &str| call("_operator getitem", &[&generic, args]);
    let inner = of(&tuple(&[&name("builtins int"), &name("builtins str")]));
    is_clean(&inner);
    is_clean(&of(&tuple(&[&name("builtins str"), &inner])));
    is_found(&of(&tuple(&[&inner, &inner])));
    is_found(&of(&tuple(&[&name("builtins str"), &name("builtins eval")])));
    is_found(&call("_operator getitem", &[&name("typing Optional"), &text(&"(".repeat(1000))]));
    is_clean(&call("types GenericAlias", &[&name("builtins list"), &tuple(&[&name("builtins int")])]));
    is_found(&call("types GenericAlias", &[&name("builtins list"), &call("types SimpleNamespace", &[])]));
}

/// The severity says whether a name is known to be dangerous.
#[test]
fn data_of_dangerous_modules_are_not_dangerous() {
    let worst = |opcodes: &str| audit(opcodes).findings.iter().map(|finding| finding.severity).max();
    for data in [
        call("os stat_result", &[&tuple(&[&int(1); 10].map(String::as_str))]),
        call("subprocess CalledProcessError", &[&int(1), &list(&[&text("a")])]),
        call("socket AddressFamily", &[&int(2)]),
        name("socket AF_INET"),
        call("itertools count", &[&int(3)]),
        call("operator itemgetter", &[&int(1)]),
        call("inspect Signature", &["(t"]),
        call("dill._dill _load_type", &[&text("NoneType")]),
    ] {
        is_clean(&data);
    }
    for code in [
        name("os system"),
        name("subprocess Popen"),
        name("socket socket"),
        name("operator attrgetter.__call__"),
        name("dill._dill _create_function"),
        name("cloudpickle.cloudpickle _make_function"),
        name("builtins eval.__call__"),
        call("dill._dill _create_array", &[&name("os system"), &tuple(&[&text("id")]), "N", "N"]),
    ] {
        assert_eq!(worst(&code), Some(Severity::Dangerous), "{code}");
    }
    is_found(&call("dill._dill _load_type", &[&text("CodeType")]));
}

#[test]
fn what_holds_data_only_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let all = holders();
    assert!(all.len() > 350, "{}", all.len());
    let mut found = Vec::new();
    for (name, pickle) in &all {
        let report = auditor.audit(pickle);
        if !report.is_clean() {
            found.push(format!("{name}: {:?} {:?}", report.findings.first(), report.completeness));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Models of pydantic are the program's own; their state has the dict of the object among its keys.
#[test]
fn models_of_pydantic_are_allowed_by_name() {
    let mut policy = Policy::default();
    policy.allow("app.models:Model").unwrap();
    let auditor = Auditor::new(policy);
    let model = |fields: &str, more: &[(&str, &str)]| {
        let state = [
            &[("__dict__", fields), ("__pydantic_fields_set__", "\u{8f}"), ("__pydantic_extra__", "N")],
            more,
        ]
        .concat();
        auditor.audit(&pickle(&object("app.models Model", &dict(&state))))
    };
    let fields = dict(&[("a", &int(1))]);
    let report = model(&fields, &[]);
    assert!(report.is_clean(), "{:?}", report.findings);
    assert!(model(&fields, &[("__pydantic_private__", &dict(&[("_p", &int(1))]))]).is_clean());
    for (fields, more) in [
        (dict(&[("__class__", &int(1))]), vec![]),
        (dict(&[("a", &name("builtins max"))]), vec![]),
        (call("collections OrderedDict", &[]), vec![]),
        (fields.clone(), vec![("__setstate__", "N")]),
        (fields.clone(), vec![("__class__", "N")]),
    ] {
        assert!(!model(&fields, &more).findings.is_empty(), "{fields} {more:?}");
    }
}

#[test]
fn types_that_dill_looks_up_are_judged_as_themselves() {
    let of_dill = |name: &str| call("dill._dill _load_type", &[&text(name)]);
    let called = |name: &str, args: &str| format!("{}({args}tR", of_dill(name));
    is_clean(&list(&[&of_dill("int"), &of_dill("NoneType")]));
    is_clean(&call("collections defaultdict", &[&of_dill("list")]));
    is_clean(&called("complex", "G\0\0\0\0\0\0\0\0G\0\0\0\0\0\0\0\0"));
    is_clean(&called("MappingProxyType", "(d"));
    is_found(&called("bytes", &int(1 << 40)));
    is_found(&called("range", &int(1 << 40)));
    is_found(&called("MappingProxyType", &call("types SimpleNamespace", &[])));
    is_found(&list(&[&of_dill("bytearray")]));
    is_found(&of_dill("FunctionType"));
    is_found(&call("cloudpickle.cloudpickle _builtin_type", &[&text("CodeType")]));
    is_found(&call("dill._dill _eval_repr", &[&text("exit()")]));
}

/// What is spelled once, and given to many calls, costs each of them.
#[test]
fn what_many_calls_go_over_is_counted() {
    let many = |function: &str, args: &str, count: usize| {
        let call = "h\u{1}h\u{2}R0".repeat(count);
        format!("{}q\u{1}{args}q\u{2}00{call}N", name(function))
    };
    let items = vec![int(1); 1000].concat();
    let pool = format!("({items}tq\u{0}0({}t", "h\u{0}".repeat(1000));
    is_clean(&many("itertools product", &pool, 1));
    is_found(&many("itertools product", &pool, 20));
    // What comes after that is not judged, but for names.
    let twenty = many("itertools product", &pool, 20);
    assert_eq!(audit(&twenty).verdict, Verdict::Incomplete);
    assert_eq!(audit(&format!("{twenty}0cos\nsystem\n")).verdict, Verdict::Dangerous);
    let digits = tuple(&[&tuple(&[&int(0), &format!("({items}t"), &int(0)])]);
    is_clean(&many("decimal Decimal", &digits, 10));
    is_found(&many("decimal Decimal", &digits, 20_000));
    let zone = tuple(&[&text("UTC"), "\u{89}"]);
    is_clean(&many("zoneinfo ZoneInfo._unpickle", &zone, 100));
    is_found(&many("zoneinfo ZoneInfo._unpickle", &zone, 5000));
    is_clean(&many("random Random", "(t", 100));
    is_found(&many("random Random", "(t", 5000));
}

/// `tzoffset` gives the same object for the same arguments.
#[test]
fn what_all_of_the_program_has_is_given_no_state() {
    let delta = call("datetime timedelta", &[&int(0), &int(3600), &int(0)]);
    let zone = call("dateutil.tz.tz tzoffset", &[&text("A"), &delta]);
    let state = dict(&[("_name", &text("B")), ("_offset", &delta)]);
    is_clean(&zone);
    is_found(&format!("{zone}{state}b"));
    is_clean(&format!("{}{state}b", call("dateutil.tz.tz tzoffset", &[])));
}

/// A dict with times for keys, all of them in zones that these opcodes make.
fn times(zones: &[&str], count: u16) -> String {
    let zones = zones.iter().cycle();
    let times = (0..count).zip(zones).map(|(at, zone)| {
        let [minute, second] =
            [at / 60, at % 60].map(|part| char::from(u8::try_from(part).expect("an hour")));
        let bytes = format!("U\u{a}\u{7}\u{e4}\u{1}\u{1}\u{0}{minute}{second}\u{0}\u{0}\u{0}");
        format!("{}N", call("datetime datetime", &[&bytes, zone]))
    });
    format!("}}({}u", times.collect::<String>())
}

/// Times in zones with an offset or a name are of one hash only where they are one, or there are few.
#[test]
fn times_of_known_zones_are_no_keys_of_one_hash() {
    let hour = call("datetime timedelta", &[&int(0), &int(3600)]);
    let fixed = format!("{}q\u{0}", call("datetime timezone", &[&hour]));
    let named = call("zoneinfo ZoneInfo._unpickle", &[&text("Europe/Paris"), &int(1)]);
    for zone in [&fixed, &named] {
        is_clean(&format!("{zone}q\u{0}0{}", times(&["h\u{0}"], 1100)));
    }
    // What such a zone makes of a time is in the pickle.
    let rules = object("dateutil.tz.tz tzrange", &dict(&[("hasdst", "\u{89}")]));
    is_clean(&format!("{rules}q\u{0}0{}", times(&["h\u{0}"], 900)));
    is_found(&format!("{rules}q\u{0}0{}", times(&["h\u{0}"], 1100)));
    // Of two, Python asks both for their offsets each time.
    let two = format!("{rules}q\u{0}0{rules}q\u{1}0");
    is_clean(&format!("{two}{}", times(&["h\u{0}", "h\u{1}"], 100)));
    is_found(&format!("{two}{}", times(&["h\u{0}", "h\u{1}"], 900)));
}
