// Swagger UI over our own description; nothing is asked of any other host.
"use strict";

const place = document.getElementById("swagger-ui");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

// Swagger UI fills every field in with its example: all filters at once, and nothing is found. An optional
// parameter's example is told in its description instead, so that what is executed is what somebody typed.
function told(parameter) {
  const example = parameter.example ?? parameter.schema?.example;
  if (parameter.required || example === undefined) return parameter;
  const { example: _, ...schema } = parameter.schema ?? {};
  const { example: __, ...rest } = parameter;
  const listed = schema.enum || schema.items?.enum || schema.default !== undefined; // the field shows its values
  const description = listed ? parameter.description : `${parameter.description ?? ""} Example: \`${example}\``;
  return { ...rest, schema, description };
}

function withExamplesTold(description) {
  for (const path of Object.values(description.paths ?? {}))
    for (const operation of Object.values(path))
      if (operation.parameters) operation.parameters = operation.parameters.map(told);
  return description;
}

function received(response) {
  if (new URL(response.url, location).pathname === place.dataset.url && response.ok)
    response.text = JSON.stringify(withExamplesTold(JSON.parse(response.text)));
  return response;
}

window.ui = SwaggerUIBundle({
  domNode: place,
  url: place.dataset.url,
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  tryItOutEnabled: true,
  responseInterceptor: received,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
