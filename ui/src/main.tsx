import "@mantine/core/styles.css";
import "@mantine/dates/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app/app.css";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/http";
import { Gate } from "./app/SignIn";
import { startI18n } from "./app/i18n";
import { router } from "./app/router";
import { cssVariables, theme } from "./app/theme";

/** A refusal stays one however often it is asked; a service that is away may come back. */
const worthAnother = (count: number, error: Error) => count < 3 && !(error instanceof ApiError && error.status > 0 && error.status < 500);

const client = new QueryClient({ defaultOptions: { queries: { retry: worthAnother, staleTime: 5_000 } } });

await startI18n();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          <Gate>
            <RouterProvider router={router} />
          </Gate>
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
