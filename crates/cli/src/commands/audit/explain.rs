//! Explanations of what a report says.

use halfsour::lexer::text::names::to_python3;
use halfsour_audit::{Policy, Rule};

use crate::failure::Failure;

/// The words of reports and the exit statuses, and what they mean.
const WORDS: [(&str, &str); 14] = [
    (
        "clean",
        "everything was read, and the policy allows all of it: loading runs nothing but what was reviewed, in time and memory that the size of \
      the file bounds. The exit status is 0.\nWhat is done with the objects later is covered, too, unless a line of the report says that it is not.",
    ),
    (
        "unknown",
        "everything was read; nobody reviewed some of what loading would run, or the use of a listed name is not one that was reviewed; none of that is known to be dangerous. The exit status is 1, or 0 \
      with --fail-on dangerous.\nTo do: --explain NAME says it for each name.",
    ),
    (
        "dangerous",
        "something is known to run code, to reach files, the network or the system, to change the program, or to break memory, whether or not \
      the rest could be read. The exit status is 4.\nTo do: do not load the file. `halfsour trace FILE` shows what it would run, and `halfsour show FILE` the data in it, without running anything.",
    ),
    (
        "incomplete",
        "not everything could be read, and nothing of what was read is known to be dangerous. The exit status is 3, also with --fail-on dangerous, because the \
      rest may be dangerous.\nA word says why: no pickle, cut off, doubt, unreadable.",
    ),
    (
        "no pickle",
        "nothing in the file or folder is a pickle, as far as is known: `incomplete`.\nTo do: leave it out of the audit, or find out what it is; `halfsour info FILE` says what it looks like.",
    ),
    (
        "cut off",
        "the input ends before the pickle does: `incomplete`. What could be read before the end has been judged, and Python would run it.\nTo do: get the file anew.",
    ),
    (
        "doubt",
        "another program may read something else in it than what was judged, or find more; or nobody knows what it is: `incomplete`.\nTo do: find out who reads the file, and whether that reads what the reason says; write the data anew, without what is in doubt.",
    ),
    (
        "unreadable",
        "the input cannot be opened, is broken, is of a form that is not known, or exceeds a limit: `incomplete`.\nTo do: as the reason says; `--limits trusted` lifts the limits on reading.",
    ),
    (
        "not covered",
        "the class may be loaded, but what its objects do later was not reviewed, or is not safe with hostile data, for the reason in the report.\nTo do: use such objects only if you trust the source of the file.",
    ),
    (
        "0",
        "exit status: all is clean; or unknown with --fail-on dangerous; or the baseline accepts the findings.",
    ),
    ("1", "exit status: something is unknown, and nothing is incomplete or dangerous."),
    ("2", "exit status: the command line is wrong, or a policy or baseline cannot be read or written."),
    ("3", "exit status: something is incomplete, and nothing is known to be dangerous."),
    ("4", "exit status: something is dangerous."),
];

/// What to do about a name that is known to be dangerous.
const NO_LOAD: &str = "To do: do not load a file in which it is used; `halfsour trace FILE` shows what it would run, without running it.\n";

/// Explains a rule, a word, an exit status or a name.
pub fn explain(policy: &Policy, word: &str) -> Result<String, Failure> {
    if let Ok(rule) = word.parse::<Rule>() {
        return Ok(format!("{rule}: {}\n{}\nTo do: {}\n", rule.title(), rule.explanation(), rule.advice()));
    }
    let as_word = word.to_lowercase().replace(['-', '_'], " ");
    if let Some((word, text)) = WORDS.iter().find(|(word, _)| *word == as_word) {
        return Ok(format!("{word}: {text}\n"));
    }
    // A name of Python 2 is looked up by Python 3 in the module that it has there.
    let renamed = word.split_once(':').and_then(|(module, name)| to_python3(module, name));
    if let Some((module, name)) = renamed {
        return explain(policy, &format!("{module}:{name}"));
    }
    // A name as Python spells it: the colon may stand at each of its dots.
    let dots = || word.match_indices('.').map(|(at, _)| format!("{}:{}", &word[..at], &word[at + 1..])).rev();
    let listed = policy.explain(word).or_else(|| dots().find_map(|name| policy.explain(&name)));
    if let Some(mut text) = listed {
        if text.contains(": dangerous: ") {
            text.push_str(NO_LOAD);
        }
        return Ok(text);
    }
    let name = if word.contains(':') { Some(word.to_owned()) } else { dots().next() };
    name.filter(|name| is_name(name)).map(|name| unknown(&name)).ok_or_else(|| {
        let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
        Failure::message(format!(
            "{word}: there is nothing to explain: give a rule (R1 …), a name (module:Name), or one of: {}",
            words.join(", ")
        ))
    })
}

/// Whether it is `module:qualified.name`.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>'))
    };
    name.split_once(':').is_some_and(|(module, name)| is_part(module) && is_part(name))
}

fn unknown(name: &str) -> String {
    format!(
        "\
{name}: unknown: no pack lists it, so nobody reviewed what loading it runs
To do: if it is not yours, or you do not know who made the file, do not load it. If it is, read what Python runs of it while loading:
the function itself, or of a class __new__, __init__, __setstate__, __reduce__, __del__ and setters of properties. Where these do no harm, whatever they are given,
  halfsour audit --allow {name} FILE
allows it;
  halfsour audit --suggest-policy FILE > own.toml
writes an entry that says what may happen, for you to review, and --policy own.toml reads that;
  halfsour audit --write-baseline known.toml FILE
accepts all findings of FILE, by their rule, use and name, whatever the arguments are, so that --baseline known.toml tells what is new.
"
    )
}
