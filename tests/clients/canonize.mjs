// Reads documents as JSON on stdin, [{format, body}], and writes the canonical N-Quads of each as a JSON list.
// N3 parses the line formats, jsonld expands JSON-LD; both canonicalize by RDFC-1.0.
import { readFileSync } from "node:fs";
import jsonld from "jsonld";
import { Parser, Writer } from "n3";

const offline = async (url) => {
  throw new Error(`nothing is fetched here: ${url}`);
};

const nquads = (quads) =>
  new Promise((resolve, reject) => {
    const writer = new Writer({ format: "N-Quads" });
    writer.addQuads(quads);
    writer.end((error, text) => (error ? reject(error) : resolve(text)));
  });

const canonical = async ({ format, body }) => {
  const options = { algorithm: "RDFC-1.0", format: "application/n-quads", documentLoader: offline, safe: true };
  if (format === "application/ld+json") return jsonld.canonize(JSON.parse(body), options);
  const text = await nquads(new Parser({ format }).parse(body));
  return jsonld.canonize(text, { ...options, inputFormat: "application/n-quads" });
};

const documents = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(documents.map(canonical))));
