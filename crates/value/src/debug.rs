//! `Debug` of what is made of nodes, whatever the bytes lie in.

use std::fmt::{Debug, Formatter, Result};

use crate::children::Children;
use crate::data::{Data, Elements, Items};
use crate::instance::{Global, Instance, Part, Parts, Step, Steps};

/// An enum by the names of its variants.
macro_rules! variants {
    ($name:ident: $($variant:ident $(($($field:ident),+))?,)+) => {
        impl<S: AsRef<[u8]>> Debug for $name<'_, S> {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                match self {
                    $(Self::$variant $(($($field),+))? => {
                        f.debug_tuple(stringify!($variant))$($(.field($field))+)?.finish()
                    })+
                }
            }
        }
    };
}

variants! { Data:
    None,
    Bool(value),
    Int(value),
    BigInt(bytes),
    Float(value),
    Complex(re, im),
    Str(text),
    ByteString(bytes),
    Bytes(bytes),
    ByteArray(bytes),
    List(elements),
    Tuple(elements),
    Dict(items),
    Set(elements),
    FrozenSet(elements),
    Global(global),
    Instance(instance),
    PersistentId(id),
    Extension(code),
    Buffer(index),
    ReadOnly(of),
}

variants! { Part: Callable(node), Args(node), Kwargs(node), Step(step), }

variants! { Step: State(node), Append(elements), SetItem(items), Add(elements), Call(node), }

macro_rules! lists {
    ($($name:ident)+) => {
        $(impl<S: AsRef<[u8]>> Debug for $name<'_, S> {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                f.debug_list().entries(self.clone()).finish()
            }
        })+
    };
}

lists! { Elements Children Parts Steps }

impl<S: AsRef<[u8]>> Debug for Items<'_, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

impl<S: AsRef<[u8]>> Debug for Global<'_, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "Global({self})")
    }
}

impl<S: AsRef<[u8]>> Debug for Instance<'_, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Instance").field("form", &self.form()).field("parts", &self.parts()).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::Builder;

    #[test]
    fn data_shows_its_kind_and_what_it_holds() {
        let mut b = Builder::new();
        let (key, one) = (b.str("x"), b.int(1));
        let dict = b.dict(&[(key, one)]).unwrap();
        let list = b.list(&[one, dict]);
        let point = b.instance("app", "Point").attr("x", list).finish();
        let graph = b.build(point);
        let debug = |id| format!("{:?}", graph.node(id).data());
        assert_eq!(debug(one), "Int(1)");
        assert_eq!(debug(dict), "Dict({'x': 1})");
        assert_eq!(debug(list), "List([1, {'x': 1}])");
        assert_eq!(
            debug(point),
            "Instance(Instance { form: New, parts: [Callable(app.Point), Args(()), Step(State({'x': [1, {'x': 1}]}))] })"
        );
    }
}
