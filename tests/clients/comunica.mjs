// Asks a question of sources with Comunica and writes the bindings as JSON: comunica.mjs MODULES QUERY SOURCE…
// MODULES is the folder of node_modules that holds @comunica/query-sparql.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, query, ...sources] = process.argv.slice(2);
const { QueryEngine } = createRequire(resolve(folder, "entry.js"))("@comunica/query-sparql");

const bindings = await (await new QueryEngine().queryBindings(query, { sources })).toArray();
const rows = bindings.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));
process.stdout.write(JSON.stringify(rows));
