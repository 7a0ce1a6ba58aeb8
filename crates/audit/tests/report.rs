//! Reports: what is counted, what baselines accept, what is suggested.

use halfsour_audit::{Auditor, Baseline, Limits, Policy, Report, Subject, Suggestions, Verdict};
use halfsour_vm::Loader;

fn audit(bytes: &[u8]) -> Report {
    Auditor::new(Policy::default()).audit(bytes)
}

fn lines(report: &Report) -> Vec<String> {
    Subject::of(&report.findings).iter().map(|it| format!("{} {it}", it.severity)).collect()
}

/// A class of which nothing is known, made again and again.
fn users(count: usize) -> Vec<u8> {
    let one = b"capp\nUser\n)\x81}b0";
    [one.repeat(count), b"N.".to_vec()].concat()
}

#[test]
fn a_name_has_one_line_with_all_of_its_uses() {
    let report = audit(&users(120));
    assert_eq!(lines(&report), ["unknown app:User made 120×, state set 120×"]);
    assert!(report.findings.len() < 20, "{}", report.findings.len());
    // What pickles within bytes do is counted with it, and what is dangerous comes first.
    let within = [b"\x80\x04capp\nUser\n0C\x0e\x80\x04cos\nsystem\n.0".as_slice(), &users(7)].concat();
    assert_eq!(lines(&audit(&within))[0], "dangerous os:system imported 1×");
    let twice = [users(60), users(70)].concat();
    assert_eq!(lines(&audit(&twice)), ["unknown app:User made 130×, state set 130×"]);
}

#[test]
fn what_has_no_name_is_grouped_by_its_reason() {
    let report = audit(b"\x80\x02X\x01\0\0\0aQ0X\x01\0\0\0bQ0K\x07Q.");
    assert_eq!(lines(&report), ["unknown persistent_load('a') asked for 3×"]);
}

#[test]
fn baselines_accept_what_they_list() {
    let mut old = audit(&users(3));
    let baseline = Baseline::of([&old], &Baseline::default());
    assert_eq!(Baseline::parse(&baseline.to_toml()).unwrap(), baseline);
    baseline.apply(&mut old);
    assert_eq!((old.verdict, old.unaccepted()), (Verdict::Unknown, Verdict::Clean));
    // Elsewhere, and more of it, is the same; another use of the name is not.
    for (bytes, left) in [
        ([b"N0".as_slice(), &users(500)].concat(), Verdict::Clean),
        ([b"capp\nUser\n)R0".as_slice(), &users(1)].concat(), Verdict::Unknown),
        (b"capp\nOther\n.".to_vec(), Verdict::Unknown),
        (b"cos\nsystem\n.".to_vec(), Verdict::Dangerous),
        (users(1)[..10].to_vec(), Verdict::Incomplete),
    ] {
        let mut report = audit(&bytes);
        baseline.apply(&mut report);
        assert_eq!(report.unaccepted(), left, "{report}");
    }
}

#[test]
fn baselines_accept_what_is_dangerous_only_if_they_say_so() {
    let mut evil = audit(b"cos\nsystem\n.");
    let refused = Baseline::of([&evil], &Baseline::default());
    refused.apply(&mut evil);
    assert_eq!(evil.unaccepted(), Verdict::Dangerous);
    let text = refused.to_toml();
    let accepted = Baseline::parse(&text.replace("\"refused\"", "\"accepted\"")).unwrap();
    assert_ne!(accepted, refused);
    accepted.apply(&mut evil);
    assert_eq!((evil.verdict, evil.unaccepted()), (Verdict::Dangerous, Verdict::Clean));
    // Written anew, it stays accepted; and an entry of what was unknown does not accept what has become dangerous.
    assert_eq!(Baseline::of([&evil], &accepted), accepted);
    let unknown = text.lines().filter(|line| !line.starts_with("dangerous")).collect::<Vec<_>>().join("\n");
    Baseline::parse(&unknown).unwrap().apply(&mut evil);
    assert_eq!(evil.unaccepted(), Verdict::Dangerous);
}

#[test]
fn baselines_accept_nothing_that_is_not_listed() {
    // What has no name is known by its code, and only the first few are listed.
    let ids: Vec<u8> = (0..9).flat_map(|id| [b'K', id, b'Q', b'0']).chain(*b"N.").collect();
    let mut few = audit(&[&ids[..4], b"N."].concat());
    let mut many = audit(&ids);
    for (report, left) in [(&mut few, Verdict::Clean), (&mut many, Verdict::Unknown)] {
        Baseline::of([&*report], &Baseline::default()).apply(report);
        assert_eq!(report.unaccepted(), left, "{report}");
    }
    let mut policy = Policy::default();
    policy.set_limits(Limits::default().with_total(2));
    let mut report = Auditor::new(policy).audit(b"ca\nA\n0cb\nB\n0cc\nC\n.");
    Baseline::of([&report], &Baseline::default()).apply(&mut report);
    assert_eq!((report.stats.unlisted, report.unaccepted()), (1, Verdict::Incomplete), "{report}");
}

#[test]
fn a_baseline_that_is_none_is_refused_with_its_line() {
    for (text, error) in [
        ("", "missing field `version`"),
        ("version = 2", "the version is 2, and only 1 is known"),
        (
            "version = 1\n[[finding]]\nrule = \"R1\"\nuse = \"new\"\nname = \"a:A\"\ndangerous = \"yes\"",
            "line 6: ",
        ),
        ("version = 1\nfindings = []", "line 2: unknown field `findings`"),
    ] {
        let told = Baseline::parse(text).unwrap_err().to_string();
        assert!(told.contains(error), "{told}");
    }
}

#[test]
fn entries_are_suggested_for_what_is_unknown() {
    let policy = Policy::default();
    let mut suggestions = Suggestions::new(&policy);
    let mut load = |bytes: &[u8]| drop(Loader::new().load_observed(bytes, 0, &mut suggestions).unwrap());
    // An enum; a dataclass with slots; a subclass of list; a function that is named; one of protocol 0.
    load(b"\x80\x02capp\nColor\nK\x01\x85R.");
    load(b"\x80\x02capp\nColor\nX\x03\0\0\0red\x85R.");
    load(b"\x80\x02capp\nSize\n)\x81N}(X\x01\0\0\0wK\x01X\x01\0\0\0hK\x02u\x86b.");
    load(b"\x80\x02capp\nRows\n]K\x01a\x85\x81(K\x01K\x02e}X\x01\0\0\0aNsb.");
    load(b"\x80\x02]capp\nrun\na.");
    load(b"ccopy_reg\n_reconstructor\n(capp\nOld\nc__builtin__\nobject\nNtR(dS'x'\nI1\nsb.");
    // What is listed, known to be dangerous, or not a name is not suggested.
    load(b"\x80\x02ccollections\nOrderedDict\n)R0cos\nsystem\n0capp\nno:name\n.");
    let text = suggestions.to_toml();
    let entries: Vec<&str> = text.split("\n[[allow]]\npack = \"own\"\n").skip(1).collect();
    let reason = "reason = \"TODO: why does loading it do no harm, whatever fits?\"\n";
    let expected = [
        "names = [\"app:Color\"]\nuses = [\"call\"]\nargs = [[\"int | str\"]]\n",
        "names = [\"app:Old\"]\nuses = [\"new\", \"build\"]\nstate = \"attributes\"\nkeys = [\"x\"]\n",
        "names = [\"app:Rows\"]\nuses = [\"new\", \"build\", \"append\"]\nargs = [[\"list of int\"]]\nstate = \"attributes\"\nkeys = [\"a\"]\n",
        "names = [\"app:Size\"]\nuses = [\"new\", \"build\"]\nstate = \"(None, attributes)\"\nkeys = [\"h\", \"w\"]\n",
        "names = [\"app:run\"]\nuses = [\"value\"]\n",
    ];
    assert_eq!(entries, expected.map(|entry| format!("{entry}{reason}")));
}

#[test]
fn a_policy_without_reasons_is_refused() {
    let text = "schema = SCHEMA\n[packs.own]\nabout = \"\"\n[[allow]]\npack = \"own\"\nnames = [\"a:A\"]\nuses = [\"new\"]\nreason = \"TODO: why?\"";
    let schema = Policy::default()
        .to_toml()
        .lines()
        .find_map(|line| line.strip_prefix("schema = ").map(str::to_owned));
    let text = text.replace("SCHEMA", &schema.unwrap());
    let refused = "a:A: nobody has written the reason yet: say why loading it does no harm";
    for reason in ["TODO: why?", "todo", ""] {
        let error = Policy::parse(&text.replace("TODO: why?", reason)).unwrap_err();
        assert_eq!(error.to_string(), refused);
    }
    assert!(Policy::parse(&text.replace("TODO: why?", "it keeps nothing")).is_ok());
}

/// Suggestions look at no more than the size of the pickle asks for.
#[test]
fn suggestions_take_no_longer_than_loading() {
    let policy = Policy::default();
    let list = [b"(".as_slice(), &b"]K\x01a".repeat(1000), b"l\x940"].concat();
    let calls = b"capp\nA\nh\x00h\x00h\x00\x87R0".repeat(20_000);
    let pickle = [b"\x80\x04".as_slice(), &list, &calls, b"N."].concat();
    let start = std::time::Instant::now();
    let mut suggestions = Suggestions::new(&policy);
    Loader::new().load_observed(&pickle[..], 0, &mut suggestions).unwrap();
    assert!(suggestions.to_toml().contains("app:A"));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

/// Of arguments, a reason names the first that the policy does not take, and what it takes there.
#[test]
fn a_reason_says_which_argument_is_wrong() {
    let reason = |pickle: &[u8]| audit(pickle).findings[0].reason.clone();
    let called = "it may not be called with these arguments";
    let many = [&b"cdatetime\ndate\n("[..], &b"I1\n".repeat(1001), b"tR."].concat();
    for (pickle, why) in [
        // More are not looked at, since they may come again and again.
        (&many[..], "there are more than 1000"),
        (b"cdatetime\ntimedelta\n(I1\nS'x'\nI1\ntR.", "number 2 is 'x', not -86399..86399"),
        (b"cdecimal\nDecimal\n(S'1'\nS'2'\ntR.", "there are more than 1"),
        (b"cnumpy.core.multiarray\nscalar\n)R.", "there are only 0"),
    ] {
        assert_eq!(reason(pickle), format!("{called}: {why}"));
    }
}
