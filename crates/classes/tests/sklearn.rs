//! Estimators and trees, compared with what scikit-learn printed of them.

use std::collections::HashMap;

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{Element, NdArray};
use halfsour_classes::sklearn::{Estimator, Tree};
use halfsour_classes::{Known, recognise};
use halfsour_value::{Data, Node};
use serde_json::{Value, json};

type N<'g> = Node<'g, &'g [u8]>;

/// As `xtask/python/packages/numpys.py` prints it.
fn element(found: Element<'_, &[u8]>) -> Option<Value> {
    Some(match found {
        Element::Scalar(Scalar::Bool(value)) => json!(value),
        Element::Scalar(Scalar::Int(value)) => json!(value),
        Element::Scalar(Scalar::UInt(value)) => json!(value),
        Element::Scalar(Scalar::Float(value)) => float(value),
        Element::Text(text) => json!(text),
        _ => return None,
    })
}

fn float(value: f64) -> Value {
    json!(halfsour_text::repr::Float(value).to_string())
}

fn array(array: &NdArray<'_, &[u8]>) -> Option<Value> {
    array.elements().unwrap().map(element).collect()
}

/// What was compared, by kind.
#[derive(Default)]
struct Seen(HashMap<&'static str, usize>);

impl Seen {
    fn see(&mut self, node: N<'_>, told: &Value, name: &str) {
        let is_same = match (node.data(), told["kind"].as_str()) {
            (Data::None, None) => told.is_null(),
            (Data::Bool(value), None) => *told == json!(value),
            (Data::Int(value), None) => *told == json!(value),
            (Data::Str(text), None) => *told == json!(text.as_str()),
            (Data::Float(value), Some("float")) => told["value"] == float(value),
            (Data::List(items), None) => {
                items.zip(told.as_array().unwrap()).for_each(|(node, told)| self.see(node, told, name));
                return;
            }
            (Data::Tuple(items), Some("tuple")) => {
                let told = told["items"].as_array().unwrap();
                items.zip(told).for_each(|(node, told)| self.see(node, told, name));
                return;
            }
            (_, Some(_)) => match recognise(node) {
                Some(Known::Estimator(estimator)) => return self.estimator(&estimator, told, name),
                Some(Known::Tree(tree)) => return self.tree(&tree, told, name),
                Some(Known::NdArray(found)) if told["kind"] == "ndarray" => match array(&found) {
                    Some(elements) => told["elements"] == elements,
                    // Of estimators.
                    None => {
                        let told = told["elements"].as_array().unwrap();
                        let objects = found.elements().unwrap().zip(told);
                        for (object, told) in objects {
                            let Element::Object(object) = object else { panic!("{name}") };
                            self.see(object, told, name);
                        }
                        return;
                    }
                },
                Some(Known::NumpyScalar(scalar)) => {
                    Some(&told["element"]) == element(scalar.element()).as_ref()
                }
                _ => return,
            },
            _ => return,
        };
        assert!(is_same, "{name}: {node}: {told}");
        *self.0.entry("values").or_default() += 1;
    }

    fn estimator(&mut self, estimator: &Estimator<'_, &[u8]>, told: &Value, name: &str) {
        assert_eq!(told["class"], format!("{}.{}", estimator.module, estimator.class), "{name}");
        let parameters: HashMap<_, _> = estimator.parameters().collect();
        for (parameter, told) in told["params"].as_object().unwrap() {
            self.see(parameters[parameter.as_str()], told, &format!("{name}, {parameter}"));
        }
        let fitted: HashMap<_, _> = estimator.fitted().collect();
        let is_fitted = |name: &&String| name.ends_with('_') && !name.starts_with('_');
        let attributes = told["attributes"].as_object().unwrap();
        assert_eq!(fitted.len(), attributes.keys().filter(is_fitted).count(), "{name}");
        for (attribute, node) in fitted {
            self.see(node, &attributes[attribute], &format!("{name}, {attribute}"));
        }
        *self.0.entry("estimators").or_default() += 1;
    }

    fn tree(&mut self, tree: &Tree<'_, &[u8]>, told: &Value, name: &str) {
        let nodes = tree.nodes().unwrap();
        assert_eq!(
            (&told["node_count"], &told["max_depth"]),
            (&json!(nodes.len()), &json!(tree.depth)),
            "{name}"
        );
        let column = |column: &str| told[column]["elements"].clone();
        let child = |child: usize| -> Value {
            let of = |node: &halfsour_classes::sklearn::TreeNode| match &node.split {
                Some(split) => json!(split.children[child]),
                None => json!(-1),
            };
            nodes.iter().map(of).collect()
        };
        assert_eq!((child(0), child(1)), (column("children_left"), column("children_right")), "{name}");
        for (index, node) in nodes.iter().enumerate() {
            let (feature, threshold) = match &node.split {
                Some(split) => (json!(split.feature), float(split.threshold)),
                None => (json!(-2), float(-2.0)),
            };
            let found = [
                ("feature", feature),
                ("threshold", threshold),
                ("impurity", float(node.impurity)),
                ("n_node_samples", json!(node.samples)),
                ("weighted_n_node_samples", float(node.weight)),
            ];
            for (part, value) in found {
                assert_eq!(value, column(part)[index], "{name}, {part}, {index}");
            }
        }
        // Classifiers from before 1.3 show it as it is in the pickle, too.
        assert_eq!(array(&tree.values).unwrap(), column("value"), "{name}");
        *self.0.entry("trees").or_default() += 1;
    }
}

#[test]
fn models_are_those_of_scikit_learn() {
    for (environment, version) in [("2.7", "0.20.4"), ("3.8", "1.3.2"), ("3.13", "1.9.1")] {
        let mut seen = Seen::default();
        for package in halfsour_fixtures::packages() {
            if package.value["kind"] != "estimator" || package.environment != environment {
                continue;
            }
            let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
            let Some(Known::Estimator(estimator)) = recognise(graph.root()) else { panic!("{package}") };
            assert_eq!(estimator.version, version);
            seen.see(graph.root(), &package.value, &package.to_string());
        }
        println!("{environment}: {:?}", seen.0);
        assert!(seen.0["estimators"] >= 20 && seen.0["trees"] >= 6 && seen.0["values"] > 200, "{:?}", seen.0);
    }
}
