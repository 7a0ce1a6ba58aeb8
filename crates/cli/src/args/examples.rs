//! The examples that help shows.

pub const EXAMPLES: &str = "\
Examples:
  halfsour info *.pkl                    is it valid, what is in it, what would it import?
  halfsour audit models/                 what would Python run if it loaded them?
  halfsour trace model.pkl               as the Python that it amounts to
  halfsour show --depth 3 model.pkl      a readable tree
  halfsour get users.pkl 'users[3].email'
  halfsour find users.pkl ann@example.org
  halfsour show model.pt:data.pkl        compression and archives are seen through
  halfsour tensors model.pt              names, types, shapes, and what is shared
  halfsour convert model.pt -o model.safetensors
  halfsour size model.pt                 what takes the space?
  halfsour diff old.pkl new.pkl          what was changed, added, removed?
  halfsour json data.pkl | jq .
  halfsour json --lossless data.pkl | halfsour make - -o same.pkl
  halfsour rewrite --protocol 5 old.pkl -o new.pkl
  halfsour rewrite --for numpy1 new.pkl -o old.pkl    names as an older release has them
  cat data.pkl | halfsour dis -          as python -m pickletools

Exit status: 0 if all is well; 1 if a file could not be read, is not a valid pickle, or cannot be
shown as asked; 2 if the command line is wrong. That of audit says what it found.";

pub const GET_EXAMPLES: &str = "\
Examples:
  halfsour get users.pkl 'users[3].email'
  halfsour get frame.pkl 'price[3]'             a column's value; df.price[3] where df is a key
  halfsour get weights.pkl 'w[0, 1:3]'          a part of an array
  halfsour get --raw mail.pkl body > body.txt   text without quotes, all of it";

pub const FIND_EXAMPLES: &str = "\
Examples:
  halfsour find users.pkl ann@example.org
  halfsour find --classes model.pkl sklearn
  halfsour find --keys --regex figure.pickle '^_x(data|orig)$'
  halfsour find --numbers data.pkl 3.5";

pub const JSON_EXAMPLES: &str = "\
Examples:
  halfsour json users.pkl | jq '.[0].email'
  halfsour json frame.pkl '[0:5]'        rows of a table, as records
  halfsour json --cycles ref tree.pkl    objects within themselves as paths
  halfsour json --lossless old.pkl > old.json";

pub const MAKE_EXAMPLES: &str = "\
Examples:
  halfsour make old.json -o new.pkl
  echo '[1, 2]' | halfsour make - --protocol 2 -o list.pkl
  halfsour json --lossless a.pkl | sed s/York/Leeds/ | halfsour make - -o b.pkl";

pub const REWRITE_EXAMPLES: &str = "\
Examples:
  halfsour rewrite --protocol 2 new.pkl -o old.pkl
  halfsour rewrite --optimize big.pkl -o small.pkl
  halfsour rewrite --rename app.models=shop.models users.pkl -o renamed.pkl
  halfsour rewrite --for numpy1 numpy2.pkl -o numpy1.pkl";

pub const CONVERT_EXAMPLES: &str = "\
Examples:
  halfsour convert model.pt -o model.safetensors
  halfsour convert frame.pkl -o frame.parquet
  halfsour convert data.pkl results.table -o table.csv     a part
  halfsour convert frame.pkl '[0:5]' --to ndjson           to standard output
  halfsour convert --partial mixed.pkl -o numbers.npz      without what npz cannot hold";

pub const TENSORS_EXAMPLES: &str = "\
Examples:
  halfsour tensors model.pt
  halfsour tensors checkpoint.pt optimizer    a part
  halfsour tensors --json model.safetensors | jq '.[].name'";

pub const AUDIT_EXAMPLES: &str = "\
Examples:
  halfsour audit model.pkl
  halfsour audit --quiet models/                     only the files that are not clean
  halfsour audit --fail-on dangerous models/         a gate that lets pass what nobody reviewed
  halfsour audit --allow app.models:User users.pkl   a class of your own
  halfsour audit --suggest-policy users.pkl > own.toml    entries to review; --policy own.toml reads them
  halfsour audit --write-baseline known.toml models/      then --baseline known.toml tells what is new
  halfsour audit --profile numpy,pandas data.pkl
  halfsour audit --format sarif models > audit.sarif
  halfsour audit --explain app.models:User           what to do about a name, a rule (R4) or a word (doubt)";

pub const SIZE_EXAMPLES: &str = "\
Examples:
  halfsour size --top 5 users.pkl
  halfsour size --each model.pt          every tensor by its name
  halfsour size --folded data.pkl | inferno-flamegraph > data.svg
  halfsour size --json *.pkl | jq .bytes";

pub const DIFF_EXAMPLES: &str = "\
Examples:
  halfsour diff old.pkl new.pkl
  halfsour diff --rtol 1e-6 before.pkl after.pkl
  halfsour diff old.pkl new.pkl 'users[3]'                 a part
  halfsour diff --json a.pkl b.pkl | jq '.differences[].path'
  halfsour diff --types --order --sharing a.pkl b.pkl     all that Python's == does not see

Each line begins with ~ (changed: old → new), + (only in the new file) or - (only in the old file), and the path.";
