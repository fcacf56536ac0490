// graphql-codegen: types and documents from our SDL, with strict settings.
export default {
  schema: "schema.graphql",
  documents: "operations.graphql",
  generates: {
    "generated.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        strictScalars: true,
        scalars: { PartialDate: "string", Date: "string" },
        useTypeImports: true,
        documentMode: "string",
      },
    },
  },
};
