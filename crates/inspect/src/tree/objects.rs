//! Known objects that are shown as Python would write them: `collections.deque([1, 2])`, `re.compile('a+', re.DOTALL)`.

use halfsour_classes::stdlib::Base;
use halfsour_classes::{Known, class_name};
use halfsour_value::{Node, Step};

use super::known;
use super::parts::Group;

/// What opens, what is in it, the next last, and what closes.
type Call<'g, S> = (String, Vec<Group<'g, S>>, &'static str);

/// An object of a known class that reads better as a call than as what its pickle calls.
pub fn call<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Call<'_, S>> {
    let class = class_text(node)?;
    let (open, mut groups, close) = match known::known(node)? {
        Known::Deque(deque) => {
            let maxlen = deque.maxlen.map(|maxlen| format!("maxlen={maxlen}, ")).unwrap_or_default();
            (format!("{class}({maxlen}["), members(node), "])")
        }
        Known::Subclass(subclass) => match subclass.base {
            Base::Sequence(_) => {
                let (mut args, _) = node.as_instance()?.arguments()?;
                let (first, maxlen) = (args.next(), args.next().filter(|maxlen| !maxlen.is_none()));
                // `class(())` and what is appended, or `class([members])`.
                let is_appended = first.is_none_or(Node::is_empty);
                if !is_appended {
                    return None;
                }
                let maxlen = maxlen.map(|maxlen| format!("maxlen={maxlen}, ")).unwrap_or_default();
                (format!("{class}({maxlen}["), members(node), "])")
            }
            _ => return None,
        },
        Known::Pattern(pattern) => {
            let flags = pattern.flag_names();
            let mut groups = vec![Group::Unnamed(pattern.pattern)];
            groups.extend(Some(flags).filter(|flags| !flags.is_empty()).map(Group::Said));
            ("re.compile(".to_owned(), groups, ")")
        }
        Known::Partial(partial) => {
            let mut groups = vec![Group::Unnamed(partial.function), Group::Values(partial.args)];
            groups.push(Group::Attributes(partial.keywords));
            if !partial.attributes.is_none() && !partial.attributes.is_empty() {
                groups.push(Group::One("state", partial.attributes));
            }
            (format!("{class}("), groups, ")")
        }
        Known::Code(code) => {
            let arguments = code.arguments().join(", ");
            let mut groups = vec![Group::Said(format!("Python {}", code.pythons))];
            groups.push(Group::Said(format!("arguments ({arguments})")));
            groups.extend(code.parts.into_iter().map(|(name, part)| Group::One(name, part)));
            ("code(".to_owned(), groups, ")")
        }
        Known::Function(function) => {
            let mut groups: Vec<_> =
                function.parts.into_iter().map(|(name, part)| Group::One(name, part)).collect();
            groups.extend(function.attributes.map(|dict| Group::One("__dict__", dict)));
            ("function(".to_owned(), groups, ")")
        }
        Known::DynamicClass(class) => {
            let mut groups = vec![Group::One("__name__", class.name), Group::One("__bases__", class.bases)];
            groups.extend(class.members.into_iter().filter_map(Node::items).map(Group::Pairs));
            ("class(".to_owned(), groups, ")")
        }
        Known::Cell(Some(value)) => ("cell(".to_owned(), vec![Group::Unnamed(value)], ")"),
        _ => return None,
    };
    groups.reverse();
    Some((open, groups, close))
}

/// The class of an object, as it is known or as the pickle names it.
pub fn class_text<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<String> {
    match class_name(node) {
        Some((module, name)) => Some(format!("{module}.{name}")),
        None => Some(node.class()?.as_global()?.visible_name()),
    }
}

/// The members that a sequence was made of, and those that were appended.
fn members<S: AsRef<[u8]>>(node: Node<'_, S>) -> Vec<Group<'_, S>> {
    let Some(instance) = node.as_instance() else { return Vec::new() };
    let first = instance.args().at(0).and_then(Node::elements);
    let appended = instance.steps().filter_map(|step| match step {
        Step::Append(elements) => Some(elements),
        _ => None,
    });
    first.into_iter().chain(appended).map(Group::Values).collect()
}
