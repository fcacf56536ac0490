// Tests the structured data of pages: reads [{html, schema}] as JSON on stdin, writes what failed of each as a JSON list.
import { readFileSync } from "node:fs";
import tool from "structured-data-testing-tool";

const failed = async ({ html, schema }) => {
  const result = await tool.structuredDataTest(html, { schemas: [schema] }).catch((error) => {
    if (error.type !== "VALIDATION_FAILED") throw error;
    return error.res;
  });
  if (!result.passed.length && !result.failed.length) throw new Error("nothing was tested");
  return [...result.failed, ...result.warnings].map(({ test }) => test);
};

const pages = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(pages.map(failed))));
