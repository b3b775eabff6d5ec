/** Global variables: values that every flow can read. */
import { Badge, Box, Paper, Switch, Text, Textarea, TextInput, Title } from "@mantine/core";
import { LockKeyhole } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Noun } from "~/api/noun";
import { variables } from "~/api/nouns";
import { wrong } from "~/kit/checks";
import type { Named } from "~/kit/ListPage";
import { SubTable } from "~/kit/SubTable";

type Variable = Named & { value?: unknown; encrypt?: boolean };
/** Their ids are numbers on the wire; everything else here takes them as text. */
const noun = variables as unknown as Noun<Variable>;
const NAME = /^[A-Za-z_][\w.-]*$/;

export function GlobalVariables() {
  const { t } = useTranslation();
  return (
    <Box className="page">
      <Title order={1} size="h3" mb={4}>
        {t("nav.variables")}
      </Title>
      <Text c="dimmed" size="sm" mb="md">
        {t("variables.about")}
      </Text>
      <Paper withBorder className="sheet" p="lg">
        <SubTable
          noun={noun}
          label={t("nav.variables")}
          columns={[
            { key: "name", title: t("name"), render: (row) => row.name },
            { key: "value", title: t("fields.value"), render: (row) => (row.encrypt ? <Hidden /> : textOf(row.value)) },
          ]}
          nameOf={(row) => row.name ?? ""}
          blank={{ name: "", value: "", encrypt: false }}
          toForm={(row) => ({ name: row.name ?? "", value: row.encrypt ? "" : textOf(row.value), encrypt: row.encrypt ?? false })}
          toBody={({ value, ...rest }) => (rest.encrypt && !value ? rest : { ...rest, value })}
          check={(values) => wrong({ name: NAME.test(values.name) ? null : t("variables.badName") })}
          addTitle={t("variables.add")}
          editTitle={t("variables.edit")}
          fields={(form, row) => (
            <>
              <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
              <Textarea label={t("fields.value")} autosize minRows={2} description={row?.encrypt ? t("variables.kept") : undefined} {...form.getInputProps("value")} />
              <Switch label={t("variables.encrypt")} description={t("variables.encryptHint")} {...form.getInputProps("encrypt", { type: "checkbox" })} />
            </>
          )}
          empty={t("variables.empty")}
        />
      </Paper>
    </Box>
  );
}

function Hidden() {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color="gray" tt="none" leftSection={<LockKeyhole size={11} />}>
      {t("variables.hidden")}
    </Badge>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}
