//! scipy's distributions: whether the text in their state, which `__setstate__` executes, is the one that scipy writes.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;

use crate::at::At;

/// Whether each text that the dict of a state may have under this key is scipy's.
pub(super) fn has_own_text(at: At<'_>, state: Id) -> bool {
    // Of other states, of old releases, nobody has read what is done with them: the pattern of the entry refuses them.
    let Peek::Dict(items) = at.view.peek(state) else { return true };
    let mut pairs = items.chunks_exact(2);
    pairs.all(|pair| {
        at.text(pair[0]) != b"_parse_arg_template"
            || matches!(at.view.peek(pair[1]), Peek::Str(text) if str::from_utf8(text).is_ok_and(is_template))
    })
}

/// Whether it is the template of scipy 1.6 and later, filled with names of parameters.
fn is_template(text: &str) -> bool {
    let Some((shapes, _)) =
        text.strip_prefix("\ndef _parse_args(self, ").and_then(|rest| rest.split_once(" loc=0"))
    else {
        return false;
    };
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let are_names =
        shapes.is_empty() || shapes.strip_suffix(", ").is_some_and(|all| all.split(", ").all(is_name));
    are_names
        && [("loc=0, scale=1", "loc, scale"), ("loc=0", "loc, 1")]
            .iter()
            .any(|it| text == filled(shapes, it.0, it.1))
}

fn filled(shapes: &str, given: &str, passed: &str) -> String {
    format!(
        "\ndef _parse_args(self, {shapes} {given}):\n    return ({shapes}), {passed}\n\n\
         def _parse_args_rvs(self, {shapes} {given}, size=None):\n    return self._argcheck_rvs({shapes} {passed}, size=size)\n\n\
         def _parse_args_stats(self, {shapes} {given}, moments='mv'):\n    return ({shapes}), {passed}, moments\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_parameters_fill_the_template() {
        for shapes in ["", "a, ", "low, high, "] {
            assert!(is_template(&filled(shapes, "loc=0, scale=1", "loc, scale")), "{shapes}");
            assert!(is_template(&filled(shapes, "loc=0", "loc, 1")), "{shapes}");
        }
        for shapes in ["a=print(), ", "a", "a,b, ", ", ", "*a, ", "a, loc=0, ", "a\n, "] {
            assert!(!is_template(&filled(shapes, "loc=0, scale=1", "loc, scale")), "{shapes}");
        }
        let more = filled("", "loc=0", "loc, 1") + "print()\n";
        assert!(!is_template(&more));
        assert!(!is_template(&filled("", "loc=print()", "loc, 1")));
        assert!(!is_template(""));
    }
}
