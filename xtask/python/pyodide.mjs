// Runs a script of this directory with CPython compiled to WebAssembly, as `python SCRIPT ARGUMENT…` would.
//
// Usage: node pyodide.mjs PACKAGE SCRIPT [ARGUMENT …]. PACKAGE is the directory of npm's package `pyodide`. The script sees
// the file system as it is. It has no processes, no threads and no sockets.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker, isMainThread } from "node:worker_threads";

const MAIN = `
import os, runpy, sys, traceback

sys.argv[:] = argv
sys.path.insert(0, os.path.dirname(argv[0]))
sys.dont_write_bytecode = True
# What is deeper ends the whole process.
set_limit = sys.setrecursionlimit
sys.setrecursionlimit = lambda limit: set_limit(min(limit, 1000))
status = 0
try:
    runpy.run_path(argv[0], run_name="__main__")
except SystemExit as end:
    status = end.code if isinstance(end.code, int) else int(end.code is not None)
    if not isinstance(end.code, (int, type(None))):
        print(end.code, file=sys.stderr)
except BaseException:
    traceback.print_exc()
    status = 1
sys.stdout.flush()
status
`;
// Directories that Python has of its own.
const OWN = ["dev", "lib", "proc"];

if (isMainThread) {
  // Python's limits on depth are meant for a larger stack than that of the main thread.
  const options = { argv: process.argv.slice(2), resourceLimits: { stackSizeMb: 200 } };
  const worker = new Worker(fileURLToPath(import.meta.url), options);
  worker.on("exit", (status) => { process.exitCode = status; });
} else {
  await run(...process.argv.slice(2));
}

async function run(directory, ...argv) {
  const { loadPyodide } = await import(pathToFileURL(path.join(directory, "pyodide.mjs")));
  const python = await loadPyodide({ indexURL: directory, env: { ...process.env, HOME: "/" } });
  // Bytes go through as they are, at once.
  python.setStdin({ read: (buffer) => fs.readSync(0, buffer) });
  python.setStdout({ write: (bytes) => writeAll(1, bytes) });
  python.setStderr({ write: (bytes) => writeAll(2, bytes) });
  for (const name of fs.readdirSync("/")) {
    const root = "/" + name;
    if (!OWN.includes(name) && fs.statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
      python.FS.mkdirTree(root);
      python.FS.mount(python.FS.filesystems.NODEFS, { root }, root);
    }
  }
  python.FS.chdir(process.cwd());
  python.globals.set("argv", python.toPy(argv));
  process.exitCode = python.runPython(MAIN);
}

// A pipe takes as much as it has room for.
function writeAll(file, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(file, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
  return bytes.length;
}
