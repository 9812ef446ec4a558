// Starts Swagger UI. The page says what to show in data attributes, so that no script
// has to be inline.
"use strict";

{
  const root = document.getElementById("swagger-ui");

  // The Swagger logo in the top bar would stand for another product.
  const branding = ({ React }) => ({
    components: { Logo: () => React.createElement("a", { className: "brand", href: "/" }, "Alania API") },
  });

  // Every scheme of the dialog asks for the focus and the last one gets it, which scrolls
  // the first ones out of sight.
  const dialog = ({ React }) => ({
    wrapComponents: {
      authorizationPopup: (Original) => (props) => {
        React.useLayoutEffect(() => {
          const content = document.querySelector(".modal-ux-content");
          content?.querySelector("input")?.focus();
          content?.scrollTo(0, 0);
        }, []);
        return React.createElement(Original, props);
      },
    },
  });

  // Swagger UI fills in the examples of parameters. Those of filters would leave every list empty.
  const documents = JSON.parse(root.dataset.documents);
  const unfilled = (response) => {
    if (!documents.some(({ url }) => new URL(url, location).href === new URL(response.url, location).href)) return response;
    response.text = JSON.stringify(JSON.parse(response.text), (_, value) => {
      if (typeof value?.in !== "string" || typeof value.name !== "string" || value.required) return value;
      const { example, ...parameter } = value;
      return parameter;
    });
    return response;
  };

  document.getElementById("elsewhere").hidden = new URL(root.dataset.server).origin === location.origin;

  window.ui = SwaggerUIBundle({
    domNode: root,
    urls: documents,
    responseInterceptor: unfilled,
    "urls.primaryName": root.dataset.first,
    layout: "StandaloneLayout",
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [branding, dialog],
    deepLinking: true,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0, // hundreds of schemas: collapsed until somebody asks
    validatorUrl: null, // it would tell a third party what this server serves
  });
}
