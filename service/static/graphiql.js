// Starts GraphiQL in place of the form that serves without scripts.
const place = document.getElementById("graphiql");
const question = document.getElementById("query").value;
const fetcher = GraphiQL.createFetcher({ url: place.dataset.endpoint });
place.classList.add("started");
ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: question, shouldPersistHeaders: false }),
);
