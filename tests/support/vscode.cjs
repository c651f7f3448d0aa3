// Runs the extension's client in a stand-in for VS Code that has one file open: vscode.cjs CLIENT SLOC FILE TEXT.
// Prints a line of JSON for each thing that a person would see.
const Module = require("module");

const [, , path, sloc, file, text] = process.argv;
const nothing = { dispose() {} };
const event = () => nothing;
const print = (kind, value) => console.log(JSON.stringify([kind, value]));

class Any {
  dispose() {}
}

class EventEmitter {
  constructor() {
    this.listeners = [];
    this.event = (listener) => (this.listeners.push(listener), nothing);
  }
  fire(value) {
    this.listeners.forEach((listener) => listener(value));
  }
  dispose() {}
}

class CancellationTokenSource {
  constructor() {
    this.token = { isCancellationRequested: false, onCancellationRequested: event };
  }
  cancel() {}
  dispose() {}
}

// What a client registers with VS Code is kept by nobody, except for commands.
const space = (own) =>
  new Proxy(own, { get: (known, name) => (name in known ? known[name] : /^(on|register|create|set)/.test(String(name)) ? () => new Any() : undefined) });
const uri = (path) => ({ scheme: "file", fsPath: path, toString: () => `file://${path}` });
const commands = {};
const document = { uri: uri(file), languageId: "slo", version: 1, getText: () => text, isClosed: false };
let seen;
const problems = new Promise((resolve) => (seen = resolve));
const collection = {
  set: (_, found) => (print("problems", found.map((one) => one.code)), seen()),
  delete() {},
  clear() {},
  dispose() {},
};
const names = {
  version: "1.90.0",
  EventEmitter,
  CancellationTokenSource,
  Disposable: class extends Any {
    static from() {
      return nothing;
    }
  },
  Uri: { parse: (text) => uri(text.replace("file://", "")), file: uri },
  commands: space({ registerCommand: (name, run) => ((commands[name] = run), nothing) }),
  languages: space({ match: () => 10, createDiagnosticCollection: () => collection }),
  env: { appName: "VS Code", language: "en" },
  extensions: { getExtension: () => undefined },
  workspace: space({
    getConfiguration: () => ({ get: (name, other) => (name === "path" ? sloc : other) }),
    textDocuments: [document],
    notebookDocuments: [],
    workspaceFolders: undefined,
    openTextDocument: async ({ language, content }) => print("opened", [language, content.split("\n")[0]]),
  }),
  window: space({
    showErrorMessage: async (message) => print("error", message),
    showTextDocument: async () => undefined,
    visibleTextEditors: [],
    tabGroups: { all: [], onDidChangeTabs: event },
  }),
};
const enumeration = new Proxy(Any, { get: (known, name) => (name in known ? known[name] : String(name)) });
const vscode = new Proxy(names, { get: (known, name) => (name in known ? known[name] : /^[A-Z]/.test(String(name)) ? enumeration : undefined) });
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

(async () => {
  const client = require(path);
  await client.activate({ subscriptions: [] });
  if (commands["sloc.explain"]) {
    await problems;
    await commands["sloc.explain"]("E405");
  }
  await client.deactivate();
  print("commands", Object.keys(commands).sort());
  process.exit(0);
})();
