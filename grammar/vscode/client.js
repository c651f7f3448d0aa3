// Starts `sloc lsp`, the language server. Without it, the extension still has colors, brackets and indentation.
const { commands, window, workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const INSTALL = "pip install 'slocompiler[lsp]'";
let client;

async function start() {
  const command = workspace.getConfiguration("sloc").get("path", "sloc");
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  const options = {
    documentSelector: [{ language: "slo" }],
    initializationOptions: { showsSections: true },
    middleware: {
      executeCommand: async (name, args, next) => {
        const section = await next(name, args);
        if (name === "sloc.explain") {
          await window.showTextDocument(await workspace.openTextDocument({ language: "markdown", content: section }));
        }
        return section;
      },
    },
  };
  client = new LanguageClient("sloc", "sloc", server, options);
  try {
    await client.start();
  } catch {
    // The client has shown the reason.
    window.showErrorMessage(`\`${command} lsp\` does not start. Run \`${INSTALL}\`, or set \`sloc.path\`.`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running && running.needsStop()) {
    await running.stop();
  }
}

exports.activate = async (context) => {
  context.subscriptions.push(
    commands.registerCommand("sloc.restart", async () => {
      await stop();
      await start();
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("sloc.path")) {
        commands.executeCommand("sloc.restart");
      }
    })
  );
  await start();
};

exports.deactivate = stop;
