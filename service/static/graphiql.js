// Starts GraphiQL in place of the form that serves without scripts: one tab for each example, until a visitor has own ones.
const place = document.getElementById("graphiql");
const examples = [...document.querySelectorAll("pre.example")].map((example) => ({ query: example.textContent }));
const fetcher = GraphiQL.createFetcher({ url: place.dataset.endpoint });
place.classList.add("started");
ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: examples,
    defaultEditorToolsVisibility: true,
    shouldPersistHeaders: false,
    inputValueDeprecation: true,
    schemaDescription: true,
  }),
);
