//! The file of a policy.

use halfsour_audit::{Auditor, Limits, Policy, Rule, Verdict};

const MINE: &str = r#"
schema = 2

[packs.app]
about = "our own"

[[allow]]
pack = "app"
names = ["app:Point"]
uses = ["new", "build"]
args = [["int", "int"]]
state = "attributes"
reason = "two numbers"
"#;

#[test]
fn a_policy_is_written_as_it_is_read() {
    for policy in [Policy::default(), Policy::parse(MINE).unwrap()] {
        let again = Policy::parse(&policy.to_toml()).unwrap();
        assert_eq!(again, policy);
        assert_eq!(again.hash(), policy.hash());
    }
    assert_ne!(Policy::default().hash(), Policy::parse(MINE).unwrap().hash());
}

/// Which attributes a class has that is not in the census nobody knows: none of them is a function, which might stand for a method.
#[test]
fn attributes_of_own_classes_are_no_functions() {
    let policy = format!(
        "{MINE}\n[[allow]]\npack = \"app\"\nnames = [\"app:add\"]\nuses = [\"value\"]\nreason = \"adds\""
    );
    let auditor = Auditor::new(Policy::parse(&policy).unwrap());
    let audit = |value: &str| {
        let pickle = format!("capp\nPoint\n(I1\nI2\nt\u{81}}}X\u{4}\0\0\0name{value}sb.");
        let pickle: Vec<u8> = pickle.chars().map(|it| u8::try_from(it).unwrap()).collect();
        auditor.audit(&pickle).verdict
    };
    assert_eq!([audit("I1\n"), audit("capp\nadd\n")], [Verdict::Clean, Verdict::Unknown]);
}

#[test]
fn limits_that_are_set_are_part_of_the_policy() {
    let mut policy = Policy::default();
    let before = policy.hash().to_owned();
    policy.set_limits(Limits::default().with_nested(1).with_total(7));
    assert_ne!(policy.hash(), before);
    let again = Policy::parse(&policy.to_toml()).unwrap();
    assert_eq!((again.limits().nested, again.limits().total), (1, 7));
    assert_eq!(again, policy);
    policy.set_limits(Limits::default());
    assert_eq!(policy.hash(), before);
}

#[test]
fn what_is_wrong_is_refused_with_its_line() {
    for (from, to, line, text) in [
        ("uses", "usages", Some(10), "unknown field `usages`"),
        ("reason", "raison", Some(13), "unknown field `raison`"),
        ("about", "abuot", Some(5), "unknown field `abuot`"),
        ("\"new\"", "\"knew\"", Some(10), "unknown variant `knew`"),
        ("schema = 2", "schema = 1", Some(2), "`ref` among the `uses` is `value`"),
        ("schema = 2", "schema = 3", Some(2), "only 2 is known"),
        ("\"attributes\"", "\"any\"", None, "may be an object"),
        ("state = \"attributes\"", "", None, "belong together"),
        ("app:Point", "app.Point", None, "not of the form module:name"),
        ("app:Point", "app:*", None, "not of the form module:name"),
        ("pack = \"app\"", "pack = \"apq\"", None, "there is no pack apq"),
        ("\"int\", \"int\"", "\"is points\"", None, "there is no set points"),
        ("\"int\", \"int\"", "\"integer\"", None, "is no pattern"),
    ] {
        let error = Policy::parse(&MINE.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.line(), line, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn what_is_added_is_allowed_and_what_is_not_selected_is_not() {
    let point = b"\x80\x02capp\nPoint\nK\x01K\x02\x86\x81.";
    let mut policy = Policy::default();
    assert_eq!(Auditor::new(policy.clone()).audit(point).verdict, Verdict::Unknown);
    policy.add(&Policy::parse(MINE).unwrap()).unwrap();
    assert!(Auditor::new(policy.clone()).audit(point).is_clean());
    assert!(!Auditor::new(policy.clone()).audit(b"\x80\x02capp\nPoint\nK\x01\x85\x81.").is_clean());
    assert!(!Auditor::new(policy.clone()).audit(b"\x80\x02capp\nPoint\nK\x01K\x02\x86R.").is_clean());
    policy.select(&["data"]).unwrap();
    assert!(!Auditor::new(policy.clone()).audit(point).is_clean());
    policy.select(&["app"]).unwrap();
    assert!(Auditor::new(policy.clone()).audit(point).is_clean());
    assert!(policy.select(&["apq"]).is_err());
}

/// The classes of the fixtures that a program would write without a thought of pickling.
#[test]
fn classes_of_the_program_are_allowed_by_name() {
    const SHAPES: [&str; 12] = [
        "instances/dataclass",
        "instances/typed namedtuple",
        "instances/spear",
        "instances/enum",
        "instances/flag",
        "instances/empty",
        "instances/dict",
        "instances/slots",
        "instances/slots and dict",
        "instances/two alike",
        "names/nested instance",
        "cycles/instance",
    ];
    let mut judged = 0;
    for fixture in halfsour_fixtures::all() {
        if !SHAPES.contains(&&*fixture.name) {
            continue;
        }
        let mut policy = Policy::default();
        // Old protocols look it up in the class around it, which has to be allowed first.
        policy.allow("deli:Outer.Inner").unwrap();
        for import in Auditor::new(policy.clone()).audit(&fixture.pickle).imports {
            if import.name.starts_with("deli:") {
                policy.allow(&import.name).unwrap();
            }
        }
        let report = Auditor::new(policy).audit(&fixture.pickle);
        assert!(report.is_clean(), "{fixture}: {:#?}", report.findings);
        judged += 1;
    }
    assert!(judged > 50, "{judged}");
    // @dataclass(frozen=True, slots=True), whose state is a list.
    let mut policy = Policy::default();
    policy.select(&["data"]).unwrap();
    policy.allow("app.models:Frozen").unwrap();
    policy.allow("app.models:Frozen").unwrap();
    let frozen = b"\x80\x02capp.models\nFrozen\n)\x81](K\x01X\x01\0\0\0xeb.";
    assert!(Auditor::new(policy.clone()).audit(frozen).is_clean());
    // A member of an enum is one object for all of the program: nothing may be set on it, however it is fetched.
    let member =
        |fetched: &[u8], state: &[u8]| [b"\x80\x02capp.models\nFrozen\n", fetched, state, b"b."].concat();
    for fetched in [&b"K\x01\x85R"[..], b"K\x01\x85\x81", b"K\x01\x85}\x92"] {
        for state in [&b"}X\x07\0\0\0_value_Kcs"[..], b"N}X\x07\0\0\0_value_Kcs\x86", b"}X\x05\0\0\0labelKcs"]
        {
            let report = Auditor::new(policy.clone()).audit(&member(fetched, state));
            assert_eq!(report.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [Rule::R7]);
        }
        let alone = member(fetched, b"").into_iter().filter(|&byte| byte != b'b').collect::<Vec<_>>();
        assert!(Auditor::new(policy.clone()).audit(&alone).is_clean());
    }
    // Methods are names of their own, and attributes with underscores stay what they are.
    let changed = b"\x80\x02capp.models\nFrozen\n)\x81}X\x09\0\0\0__class__Nsb.";
    let method = b"\x80\x04\x8c\napp.models\x8c\x0bFrozen.load\x93)R.";
    for bad in [&changed[..], method, b"\x80\x02capp.models\nFrozen\n}b.", b"\x80\x02cos\nsystem\n."] {
        assert!(!Auditor::new(policy.clone()).audit(bad).findings.is_empty(), "{bad:?}");
    }
    assert_eq!(Policy::parse(&policy.to_toml()).unwrap().to_toml(), policy.to_toml());
    for (name, text) in [
        ("app.models.Frozen", "\"app.models.Frozen\" is not of the form module:name"),
        ("os:system", "os:system is known to be dangerous: it starts programs"),
        (
            "collections:OrderedDict",
            "collections:OrderedDict is listed in the pack stdlib already; an entry of another policy replaces that",
        ),
    ] {
        let error = policy.allow(name).unwrap_err().to_string();
        assert!(error.starts_with(text), "{error}");
    }
}

/// The policy in the README says of a named tuple and of a dataclass what it should.
#[test]
fn the_readmes_policy_is_one() {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    let mut policy = Policy::default();
    policy.add(&Policy::parse(toml).unwrap()).unwrap();
    let is_clean = |pickle: &[u8]| Auditor::new(policy.clone()).audit(pickle).is_clean();
    assert!(is_clean(b"\x80\x02capp.models\nPoint\nK\x01K\x02\x86\x81."));
    assert!(!is_clean(b"\x80\x02capp.models\nPoint\nK\x01N\x86\x81."));
    assert!(is_clean(b"\x80\x02capp.models\nSize\n)\x81}X\x05\0\0\0widthK\x01sb."));
    assert!(!is_clean(b"\x80\x02capp.models\nSize\n)\x81}X\x05\0\0\0widthNsb."));
    assert!(!is_clean(b"\x80\x02capp.models\nSize\n)\x81}X\x05\0\0\0depthK\x01sb."));
    assert!(!is_clean(b"\x80\x02capp.models\nSize\n)\x81](K\x01K\x02eb."));
}

#[test]
fn the_readme_names_every_profile() {
    let readme = include_str!("../README.md");
    for profile in Policy::built_in().profiles() {
        assert!(readme.contains(&format!("`{profile}`")), "{profile}");
    }
}

/// The policy in `POLICY.md` says of a line what it should.
#[test]
fn the_described_policy_is_one() {
    let (_, rest) = include_str!("../POLICY.md").split_once("```toml\n").unwrap();
    let (toml, _) = rest.split_once("```").unwrap();
    let mut policy = Policy::default();
    policy.add(&Policy::parse(toml).unwrap()).unwrap();
    policy.select(&["app"]).unwrap();
    let points = Policy::parse(&MINE.replace("app:Point", "app.geometry:Point")).unwrap();
    policy.add(&points).unwrap();
    let with = |key: &str, value: &str| {
        let made = "capp.geometry\nPoint\n(I1\nI2\nt\u{1}";
        let line = format!("capp.geometry\nLine\n({made}{made}t\u{1}}}V{key}\n{value}sb.");
        let bytes: Vec<u8> = line.bytes().map(|it| if it == 1 { b'\x81' } else { it }).collect();
        Auditor::new(policy.clone()).audit(&[b"\x80\x02", &bytes[..]].concat()).verdict
    };
    assert_eq!(with("label", "Va\n"), Verdict::Clean);
    assert_eq!(with("start", "Va\n"), Verdict::Unknown);
    assert_eq!(with("other", "Va\n"), Verdict::Unknown);
    assert_eq!(with("_check", "Va\n"), Verdict::Dangerous);
}

#[test]
fn a_rule_is_read_from_its_id() {
    assert_eq!("r9".parse(), Ok(Rule::R9));
    let error: Box<dyn std::error::Error> = "R99".parse::<Rule>().unwrap_err().into();
    assert_eq!(error.to_string(), "unknown rule: the rules are R1 R2 R3 R4 R5 R7 R8 R9 R10 R11 R12");
}

/// Data that has become something else is told from it by each pattern that asks.
#[test]
fn data_is_looked_at_again_after_it_has_grown() {
    let mut policy = Policy::default();
    let app = r#"
        schema = 2
        packs.app.about = "functions of the program"
        [[allow]]
        pack = "app"
        names = ["app:keeps"]
        uses = ["call"]
        args = [["data"], ["list"]]
        reason = "keeps what it is given"
        [[allow]]
        pack = "app"
        names = ["app:goes_over"]
        uses = ["call"]
        args = [["data"]]
        reason = "goes over what it is given"
    "#;
    policy.add(&Policy::parse(app).unwrap()).unwrap();
    // keeps(a); a.append(int); keeps(a); goes_over(a)
    let pickle = b"\x80\x02capp\nkeeps\nq\x01]q\x00\x85R0h\x00cbuiltins\nint\na0h\x01h\x00\x85R0capp\ngoes_over\nh\x00\x85R.";
    let report = Auditor::new(policy).audit(pickle);
    let is_told =
        report.findings.iter().any(|finding| finding.rule == Rule::R4 && finding.name == "app:goes_over");
    assert!(is_told, "{report:#?}");
}

/// A module that has imported another leads to it.
#[test]
fn a_name_behind_modules_is_what_it_is_in_them() {
    let auditor = Auditor::new(Policy::default());
    let verdict = |module: &str, name: &str| {
        let pickle = [b"\x80\x04c", format!("{module}\n{name}\n.").as_bytes()].concat();
        auditor.audit(&pickle).verdict
    };
    for (module, name) in [
        ("numpy", "os.system"),
        ("app.models", "json.decoder.os.path.os.system"),
        ("app", "__builtins__.eval"),
        ("app", "subprocess.Popen.communicate"),
    ] {
        assert_eq!(verdict(module, name), Verdict::Dangerous, "{module}:{name}");
    }
    for name in ["System.os", "Os.System", "os"] {
        assert_eq!(verdict("app", name), Verdict::Unknown, "app:{name}");
    }
    assert!(Policy::default().allow("numpy:os.system").is_err());
}

/// Copies have their parts in common until one is changed.
#[test]
fn a_copy_is_changed_for_itself() {
    let mut copy = Policy::default();
    let before = copy.hash().to_owned();
    for name in ["app.models:Point", "app.models:Line", "app.models:Point"] {
        copy.allow(name).unwrap();
    }
    assert!(copy.explain("app.models:Line").is_some());
    assert_eq!(Policy::built_in().explain("app.models:Line"), None);
    assert_eq!(Policy::built_in().hash(), before);
    assert_ne!((copy.hash(), &copy), (&*before, Policy::built_in()));
    let mut again = Policy::parse(&copy.to_toml()).unwrap();
    assert_eq!((again.hash(), &again), (copy.hash(), &copy));
    again.select(&["data"]).unwrap();
    assert_eq!(again.explain("app.models:Line"), None);
    again.allow("app.models:Circle").unwrap();
    assert!(again.explain("app.models:Circle").is_some());
}

/// What says nothing of limits changes none.
#[test]
fn limits_stay_when_more_is_added() {
    let parse = |text: &str| Policy::parse(&format!("schema = 2\n{text}")).unwrap();
    let mut policy = Policy::default();
    assert_eq!(*policy.limits(), Limits::default());
    policy.add(&parse("[limits]\nequal_hashes = 10")).unwrap();
    policy.add(&parse("[packs.own]\nabout = \"ours\"")).unwrap();
    assert_eq!(policy.limits().equal_hashes, 10);
    assert_eq!(*Policy::parse(&policy.to_toml()).unwrap().limits(), *policy.limits());
}
