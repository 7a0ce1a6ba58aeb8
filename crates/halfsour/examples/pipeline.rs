//! Reads a fitted scikit-learn pipeline: the release that made it, its labels, and the weights that it learnt.

fn main() -> halfsour::Result<()> {
    let graph = halfsour::load(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/pipeline.pkl"))?;
    let model = graph.root();
    for step in model.path("steps")?.elements().into_iter().flatten() {
        println!("{}", step.at(1).and_then(|step| step.class()).expect("a step is a name and an object"));
    }
    let labels: Vec<String> = halfsour::from_node(model.path("steps[-1][1].classes_")?)?;
    let weights: Vec<Vec<f64>> = halfsour::from_node(model.path("steps[-1][1].coef_")?)?;
    println!("scikit-learn {}", model.path("_sklearn_version")?);
    println!("{labels:?} by {weights:.3?}");
    assert_eq!(labels, ["no", "yes"]);
    assert_eq!((weights.len(), weights[0].len()), (1, 2));
    Ok(())
}
