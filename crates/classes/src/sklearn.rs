//! scikit-learn: estimators, and the trees in them.

use halfsour_value::{Items, Node};

use crate::args::text;
use crate::call::Call;
use crate::debug::debug_fields;
use crate::memory::Scalar;
use crate::numpy::{self, Element, NdArray};
use crate::stdlib::Pairs;

/// An estimator of scikit-learn: a model, a transformer, a pipeline, fitted or not.
///
/// A pickle does not say which attributes are parameters. By the rules of scikit-learn, what ends in an underscore was fitted, and
/// parameters do not.
#[derive(Clone)]
#[non_exhaustive]
pub struct Estimator<'g, S> {
    /// The module that has its class. It moves from version to version, as do the attributes.
    pub module: &'g str,
    /// The name of its class.
    pub class: &'g str,
    /// The version of scikit-learn that pickled it.
    pub version: &'g str,
    /// All its attributes, this version with them.
    pub attributes: Items<'g, S>,
}

impl<'g, S: AsRef<[u8]>> Estimator<'g, S> {
    fn named(&self, is_wanted: fn(&str) -> bool) -> impl Iterator<Item = (&'g str, Node<'g, S>)> {
        let named = |(name, value)| Some((text(name)?, value));
        self.attributes
            .clone()
            .filter_map(named)
            .filter(move |(name, _)| !name.starts_with('_') && is_wanted(name))
    }

    /// The parameters: attributes that do not end in an underscore. A few of those are none.
    pub fn parameters(&self) -> impl Iterator<Item = (&'g str, Node<'g, S>)> {
        self.named(|name| !name.ends_with('_'))
    }

    /// The attributes that were fitted: those that end in an underscore, and do not begin with one.
    pub fn fitted(&self) -> impl Iterator<Item = (&'g str, Node<'g, S>)> {
        self.named(|name| name.ends_with('_'))
    }
}

/// Reads an object of a class of scikit-learn that has its version among its attributes, as only estimators have.
pub(crate) fn estimator<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Estimator<'_, S>> {
    let instance = node.as_instance()?;
    let class = instance.class().as_global()?;
    let module = text(class.module)?;
    module.starts_with("sklearn.").then_some(())?;
    let state = instance.state()?;
    let version = text(state.get("_sklearn_version")?)?;
    let (class, attributes) = (text(class.name)?, state.items()?);
    Some(Estimator { module, class, version, attributes })
}

/// `sklearn.tree._tree.Tree`: a fitted decision tree.
#[derive(Clone)]
#[non_exhaustive]
pub struct Tree<'g, S> {
    /// The number of features that it was fitted with.
    pub features: u64,
    /// The number of classes of each output; 1 for numbers.
    pub classes: Vec<u64>,
    /// The depth of the deepest node; that of the root is 0.
    pub depth: u64,
    /// The records of the nodes.
    records: NdArray<'g, S>,
    /// The prediction at each node, for each output and each class of it.
    pub values: NdArray<'g, S>,
}

/// A node of a [`Tree`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TreeNode {
    /// The question that is asked at the node; `None` at a leaf.
    pub split: Option<Split>,
    /// The impurity of the samples that come here.
    pub impurity: f64,
    /// The number of samples that came here.
    pub samples: u64,
    /// The sum of the weights of these samples.
    pub weight: f64,
}

/// The question that is asked at a [`TreeNode`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Split {
    /// The number of the feature.
    pub feature: u64,
    /// Samples up to this value go to the left.
    pub threshold: f64,
    /// Whether samples without the feature go to the left; trees from before 1.3 do not say it.
    pub missing_goes_left: Option<bool>,
    /// The numbers of the nodes to the left and to the right: greater than that of their parent.
    pub children: [usize; 2],
}

impl<S: AsRef<[u8]>> Tree<'_, S> {
    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The nodes, the root first. `None` if they are no tree, or if they are in a buffer that was not supplied.
    pub fn nodes(&self) -> Option<Vec<TreeNode>> {
        let count = self.len();
        let node = |(number, record)| TreeNode::of(record, number, count);
        self.records.elements()?.enumerate().map(node).collect()
    }
}

impl TreeNode {
    /// A record of one of so many nodes.
    fn of<S: AsRef<[u8]>>(record: Element<'_, S>, number: usize, count: usize) -> Option<Self> {
        let Element::Record(record) = record else { return None };
        let (mut left, mut right, mut feature, mut missing) = (None, None, None, None);
        let (mut threshold, mut impurity, mut samples, mut weight) = (None, None, None, None);
        for (name, value) in record.fields() {
            match (name, value) {
                ("left_child", Element::Scalar(Scalar::Int(child))) => left = Some(child),
                ("right_child", Element::Scalar(Scalar::Int(child))) => right = Some(child),
                ("feature", Element::Scalar(Scalar::Int(number))) => feature = Some(number),
                ("threshold", Element::Scalar(Scalar::Float(value))) => threshold = Some(value),
                ("impurity", Element::Scalar(Scalar::Float(value))) => impurity = Some(value),
                ("n_node_samples", Element::Scalar(Scalar::Int(count))) => {
                    samples = u64::try_from(count).ok();
                }
                ("weighted_n_node_samples", Element::Scalar(Scalar::Float(value))) => weight = Some(value),
                ("missing_go_to_left", Element::Scalar(Scalar::UInt(goes))) => missing = Some(goes != 0),
                _ => {}
            }
        }
        let split = match [left?, right?] {
            [-1, -1] => None,
            children => {
                let [left, right] = children.map(|child| usize::try_from(child).ok());
                let children = [left?, right?];
                children.iter().all(|child| (number + 1..count).contains(child)).then_some(())?;
                let feature = u64::try_from(feature?).ok()?;
                Some(Split { feature, threshold: threshold?, missing_goes_left: missing, children })
            }
        };
        Some(Self { split, impurity: impurity?, samples: samples?, weight: weight? })
    }
}

/// `Tree(n_features, n_classes, n_outputs)`, and its state.
pub(crate) fn tree<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Tree<'g, S>> {
    let [features, classes, outputs] = call.exactly()?;
    let state = call.state()?;
    let number = |node: Node<'g, S>| u64::try_from(node.as_i64()?).ok();
    let class_count = |element| match element {
        Element::Scalar(Scalar::Int(count)) => u64::try_from(count).ok(),
        _ => None,
    };
    let classes = numpy::array(classes)?.elements()?.map(class_count).collect::<Option<Vec<_>>>()?;
    let (records, values) = (numpy::array(state.get("nodes")?)?, numpy::array(state.get("values")?)?);
    let is_whole = Some(classes.len() as u64) == number(outputs)
        && records.shape.len() == 1
        && number(state.get("node_count")?) == Some(records.len() as u64)
        && values.shape.first() == Some(&records.len());
    is_whole.then_some(())?;
    let (features, depth) = (number(features)?, number(state.get("max_depth")?)?);
    Some(Tree { features, classes, depth, records, values })
}

debug_fields!(
    Estimator,
    this {
        module: this.module,
        class: this.class,
        version: this.version,
        attributes: Pairs::from(this.attributes.clone()),
    }
);
debug_fields!(
    Tree,
    this {
        features: this.features,
        classes: this.classes,
        depth: this.depth,
        records: this.records,
        values: this.values,
    }
);
