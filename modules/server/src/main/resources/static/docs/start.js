SwaggerUIBundle({ url: "/v3/api-docs", dom_id: "#interface", deepLinking: true, validatorUrl: null });
