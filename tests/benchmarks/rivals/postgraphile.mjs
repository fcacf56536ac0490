// PostGraphile 5, the Amber preset, over a release in PostgreSQL.
// node postgraphile.mjs DATABASE_URL SCHEMA PORT
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";

const [connectionString, schema, port] = process.argv.slice(2);
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString, schemas: [schema] })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
});
const service = instance.createServ(grafserv);
const server = createServer();
await service.addTo(server);
server.listen(Number(port), "127.0.0.1");
