// Reads resources as a JSON list; prints for each what the CRD of the Grafana Operator says against it, "" for nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const file = join(process.env.NODE_PATH, "@kubernetes-models/grafana-operator/grafana.integreatly.org/v1beta1/GrafanaDashboard");
const { GrafanaDashboard } = await import(pathToFileURL(`${file}.js`));
const types = readFileSync(`${file}.d.ts`, "utf8");

function problem(resource) {
  const unknown = Object.keys(resource.spec).filter((key) => !new RegExp(`"${key}"\\??:`).test(types));
  if (unknown.length) return `unknown: ${unknown.join(", ")}`; // the operator drops them
  try {
    new GrafanaDashboard(resource).validate();
  } catch (error) {
    return error.message;
  }
  return "";
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(problem)));
