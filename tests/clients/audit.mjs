// The audits of graphql-http against a server: node audit.mjs URL, prints a JSON list of what each one found.
import { auditServer } from "graphql-http";

const [url] = process.argv.slice(2);
const found = await auditServer({ url });
console.log(JSON.stringify(found.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
