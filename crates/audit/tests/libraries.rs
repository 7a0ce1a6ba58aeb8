//! What networkx, sympy, nltk, gensim and astropy pickle, and what somebody would make of their names who wants to do harm.

use halfsour_audit::{Auditor, Policy, Report, Verdict};
use halfsour_fixtures::libraries;

/// What cannot be clean; the README of this crate tells why.
const UNKNOWN: &[&str] = &[
    "astropy Angle",
    "astropy CCDData",
    "astropy Column",
    "astropy EarthLocation",
    "astropy Magnitude",
    "astropy NDData",
    "astropy QTable",
    "astropy Quantity",
    "astropy Quantity array",
    "astropy SkyCoord",
    "astropy SkyCoord distance",
    "astropy SkyCoord galactic",
    "astropy composite units",
    "astropy constant",
    "astropy magnitude",
    "astropy model",
    "astropy units",
    "nltk ImmutableTree",
    "nltk RegexpTagger",
    "sympy Derivative",
    "sympy Eq of expressions",
    "sympy Integral",
    "sympy Poly",
    "sympy functions",
    "sympy logic",
    "sympy numbers",
    "sympy sets",
];

fn audit(pickle: &[u8]) -> Report {
    Auditor::new(Policy::default()).audit(pickle)
}

#[test]
fn what_libraries_pickle_is_clean() {
    let all = libraries();
    assert!(all.len() > 250, "{}", all.len());
    let mut wrong = Vec::new();
    for (name, pickle) in &all {
        let report = audit(pickle);
        // What is unknown of one release may be clean of another.
        let worst = if UNKNOWN.contains(&name.as_str()) { Verdict::Unknown } else { Verdict::Clean };
        if report.verdict > worst {
            wrong.push(format!("{name}: {:?} {:?}", report.verdict, report.findings.first()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Opcodes are bytes, and those of names are ASCII.
#[track_caller]
fn is_found(opcodes: &str) {
    let bytes = opcodes.chars().map(|it| u8::try_from(u32::from(it)).expect("a byte"));
    let pickle: Vec<u8> = b"\x80\x02".iter().copied().chain(bytes).chain(*b".").collect();
    let report = audit(&pickle);
    assert!(!report.findings.is_empty(), "{opcodes}: {:?}", report.completeness);
}

/// An object that `__new__` makes of these arguments.
fn object(class: &str, args: &[String]) -> String {
    let (module, name) = class.split_once(':').expect("module and name");
    format!("c{module}\n{name}\n({}t\u{81}", args.concat())
}

#[test]
fn methods_of_graphs_and_taggers_are_not_set() {
    for (class, state) in [
        // What is called when the graph is used.
        ("networkx.classes.graph:Graph", "Vadd_edge\ncbuiltins\nmax\n"),
        ("networkx.classes.graph:Graph", "Vnode_dict_factory\ncbuiltins\nlist\n"),
        ("networkx.classes.graph:Graph", "Vadj\ncbuiltins\nlen\n"),
        ("networkx.classes.graph:Graph", "V_adj\ncnetworkx.classes.filters\nno_filter\n"),
        ("networkx.classes.graph:Graph", "V__class__\ncnetworkx.classes.digraph\nDiGraph\n"),
        ("networkx.classes.graph:Graph", "V__networkx_cache__\n(dVa\nI1\ns"),
        ("networkx.classes.filters:show_nodes", "V__call__\ncnetworkx.classes.filters\nno_filter\n"),
        (
            "networkx.algorithms.planarity:PlanarEmbedding",
            "V_forbidden\ncnetworkx.classes.filters\nno_filter\n",
        ),
        ("nltk.tag.sequential:DefaultTagger", "Vchoose_tag\ncgensim.utils\nidentity\n"),
        ("nltk.tokenize.punkt:PunktSentenceTokenizer", "V_Token\ncnltk.probability\nFreqDist\n"),
        ("nltk.probability:ConditionalProbDist", "V_probdist_factory\ncnltk.probability\nUniformProbDist\n"),
        ("gensim.models.word2vec:Word2Vec", "Vhashfxn\ncgensim.utils\nidentity\n"),
        ("gensim.models.ldamodel:LdaModel", "Vcallbacks\n(lI1\na"),
        ("gensim.models.phrases:Phrases", "Vscoring\ncbuiltins\nlen\n"),
    ] {
        is_found(&format!("{}(d{state}sb", object(class, &[])));
    }
}

/// A filter of a filter asks each twice for a node: a view of edges that looks for one would take `2 ** depth` steps.
#[test]
fn filters_of_filters_are_found() {
    let filter = object("networkx.classes.coreviews:FilterAtlas", &[]);
    is_found(&format!("{filter}(dV_atlas\n{filter}(dV_atlas\n(dsbsb"));
    let view = object("networkx.classes.reportviews:EdgeView", &[]);
    let view = format!("{view}(dV_graph\nNsV_adjdict\n(dsb");
    let data = object("networkx.classes.reportviews:EdgeDataView", &[]);
    is_found(&format!("{data}(dVviewer\n{view}sVnbunch\n(lI1\nasb"));
}

#[test]
fn expressions_that_take_long_are_found() {
    let of = |class: &str, args: &[String]| object(&format!("sympy.core.{class}"), args);
    let integer = |number: &str| of("numbers:Integer", &[format!("L{number}L\n")]);
    let x = of("symbol:Symbol", &["Vx\n".to_owned()]);
    for expression in [
        of("power:Pow", &[integer("10"), integer("1000000000")]),
        // A sum with a symbol may be a number: 10 ** (1000000000 + x - x).
        of("power:Pow", &[integer("10"), of("add:Add", &[integer("1000000000"), x.clone()])]),
        of("power:Pow", &[of("add:Add", &[x.clone(), integer("7")]), integer("100000")]),
        of("power:Pow", &[of("mul:Mul", &[integer("7"), x.clone()]), integer("7")]),
        of("add:Add", &vec![x.clone(); 11]),
        integer(&"7".repeat(40)),
        // Text is evaluated.
        of("add:Add", &["V__import__('os').system('id')\n".to_owned()]),
        of("symbol:Symbol", &[integer("7")]),
        // The symbol is one for all of the program.
        format!("{x}(dV_assumptions\n(dsb"),
        // Each of a hundred takes milliseconds.
        of(
            "containers:Tuple",
            &vec![object("sympy.functions.elementary.trigonometric:sin", std::slice::from_ref(&x)); 200],
        ),
    ] {
        is_found(&expression);
    }
}

#[test]
fn tables_are_of_columns_only() {
    let table = |columns: &str, meta: &str| {
        format!("{}(ccollections\nOrderedDict\n)R{columns}{meta}tb", object("astropy.table.table:Table", &[]))
    };
    let column = "Va\ncnumpy.core.multiarray\n_reconstruct\n(castropy.table.column\nColumn\n(I0\ntc_codecs\nencode\n(Vb\nVlatin1\ntRtR";
    for pickle in [
        table("(Va\n(lI1\nau", "(d"),
        table("(Va\ncbuiltins\nrange\n(I0\nI1000000000\nI1\ntRu", "(d"),
        // It has no state.
        table(&format!("({column}u"), "(d"),
        // What is said of a table is copied.
        table("", "(dVa\n(lI1\nas"),
    ] {
        is_found(&pickle);
    }
}

/// `functools.partial(class.__new__)`, the second in memo slot 0.
fn partial_of_new(class: &str) -> String {
    let (module, name) = class.split_once(':').expect("module and name");
    format!("cfunctools\npartial\nc__builtin__\ngetattr\n(c{module}\n{name}\nV__new__\ntRq\0\u{85}R")
}

/// The state of that: what its call makes an object of, arguments and keywords.
fn given(class: &str, args: &str, keywords: &str) -> String {
    let (module, name) = class.split_once(':').expect("module and name");
    format!("(h\0(c{module}\n{name}\n{args}t(d{keywords}Ntb")
}

/// By protocols 2 and 3 picklers call such a partial, which is judged as `__new__` of the class with these arguments; whatever else may be done
/// with it is no pickler's.
#[test]
fn partials_of_new_make_what_the_class_may_be_made_of() {
    const SYMBOL: &str = "sympy.core.symbol:Symbol";
    let partial = partial_of_new(SYMBOL);
    let state = given(SYMBOL, "Vx\n", "Vreal\n\u{88}s");
    let pickle = format!("{partial}{state})R");
    let bytes: Vec<u8> = pickle.chars().map(|it| u8::try_from(u32::from(it)).expect("a byte")).collect();
    let report = audit(&[b"\x80\x02", &bytes[..], b"."].concat());
    assert!(report.is_clean(), "{:?}", report.findings);
    // What it makes may have no state, as what NEWOBJ_EX makes.
    is_found(&format!("{pickle}}}b"));
    // Kept, dropped with another state, called with arguments or without a state, given two states.
    is_found(&partial);
    is_found(&format!("{partial}{state}"));
    is_found("c__builtin__\ngetattr\n(csympy.core.symbol\nSymbol\nV__new__\ntR");
    is_found(&format!("{partial})R"));
    is_found(&format!("{partial}{state}(I1\ntR"));
    is_found(&format!("{partial}{state}{})R", given(SYMBOL, "Vy\n", "Vreal\n\u{88}s")));
    is_found(&format!("{partial}}}b)R"));
    // Of another class, or with other arguments and keywords.
    is_found(&format!("{partial}{})R", given("collections:OrderedDict", "Vx\n", "Vreal\n\u{88}s")));
    is_found(&format!("{partial}{})R", given(SYMBOL, "I1\n", "Vreal\n\u{88}s")));
    is_found(&format!("{partial}{})R", given(SYMBOL, "Vx\n", "Vreal\nI1\ns")));
    is_found(&format!("{partial}{})R", given(SYMBOL, "Vx\n", "Vcls\n\u{88}s")));
    // Without keywords: what it makes is looked at elsewhere, as the keys of a set.
    let set = "builtins:frozenset";
    is_found(&format!("{}{})R", partial_of_new(set), given(set, "]", "")));
    // Called itself, looked up in an object, or kept by a partial that `__new__` makes.
    is_found(
        "c__builtin__\ngetattr\n(csympy.core.symbol\nSymbol\nV__new__\ntR(csympy.core.symbol\nSymbol\nVx\ntR",
    );
    is_found("c__builtin__\ngetattr\n(ccollections\nOrderedDict\n)RV__new__\ntR0N");
    let kept =
        "cfunctools\npartial\n(c__builtin__\ngetattr\n(csympy.core.symbol\nSymbol\nV__new__\ntRt\u{81}";
    is_found(kept);
    is_found(&format!("cconfigparser\nConfigParser\n)\u{81}}}Vgetint\n{kept}sb"));
}

/// A class of the program may be an enum, of which a member is one object for all of it.
#[test]
fn what_a_partial_makes_of_arguments_may_be_a_member() {
    let mut policy = Policy::default();
    policy.allow("app:Color").unwrap();
    let (partial, state) = (partial_of_new("app:Color"), given("app:Color", "I1\n", "Va\nI1\ns"));
    let pickle = format!("\u{80}\u{2}{partial}{state})R}}Vx\nI1\nsb.");
    let bytes: Vec<u8> = pickle.chars().map(|it| u8::try_from(u32::from(it)).expect("a byte")).collect();
    let report = Auditor::new(policy).audit(&bytes);
    let found: Vec<_> = report.findings.iter().map(|it| (it.rule.id(), it.severity.to_string())).collect();
    assert!(found.contains(&("R7", "unknown".to_owned())), "{:?}", report.findings);
}
