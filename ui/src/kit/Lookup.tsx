/** Chooses a record of another noun: options come from the service page by page, as one types. */
import { Combobox, Group, InputBase, Loader, Text, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Link, Noun } from "~/api/noun";
import type { Query } from "~/api/http";
import type { Named } from "./ListPage";

interface Props<R extends Named> {
  noun: Noun<R>;
  label: ReactNode;
  description?: ReactNode;
  placeholder?: string;
  /** Forms spread their input's properties in: value and change come from there. */
  value?: Link | undefined;
  onChange?: (value: Link) => void;
  onBlur?: () => void;
  error?: ReactNode;
  required?: boolean;
  query?: Query;
  disabled?: boolean;
  /** A button for a record that is not there yet. */
  create?: ReactNode;
}

const SIZE = 20;

export function Lookup<R extends Named>(props: Props<R>) {
  const { noun, value, onChange } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const [searched] = useDebouncedValue(typed ?? "", 200);
  const combobox = useCombobox({ onDropdownClose: () => setTyped(null) });
  const found = useInfiniteQuery({
    queryKey: ["lookup", noun.path, searched, props.query],
    queryFn: ({ pageParam, signal }) =>
      noun.list(
        { page: pageParam, size: SIZE, fields: ["id", "name"], q: searched && `*${searched}*`, sort: "+name", ...props.query },
        signal,
      ),
    initialPageParam: 1,
    getNextPageParam: (last, pages) => (last.next ? pages.length + 1 : undefined),
    enabled: combobox.dropdownOpened,
  });
  const options = found.data?.pages.flatMap((page) => page.items) ?? [];
  const choose = (option: Named) => {
    onChange?.({ id: option.id ?? "", name: option.name ?? "" });
    combobox.closeDropdown();
  };
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        const option = options.find((one) => one.id === id);
        if (option) choose(option);
      }}
    >
      <Combobox.Target>
        <InputBase
          label={props.label}
          description={props.description}
          error={props.error}
          required={props.required ?? false}
          disabled={props.disabled ?? false}
          placeholder={props.placeholder ?? t("lookup.choose")}
          value={typed ?? value?.name ?? ""}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => {
            combobox.closeDropdown();
            props.onBlur?.();
          }}
          rightSectionPointerEvents="all"
          rightSection={
            value?.id ? (
              <Combobox.ClearButton
                aria-label={t("lookup.clear")}
                onClear={() => onChange?.({})}
                onMouseDown={(event) => event.preventDefault()}
              />
            ) : (
              <Combobox.Chevron />
            )
          }
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options
          mah={260}
          style={{ overflowY: "auto" }}
          onScroll={(event) => {
            const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
            const near = scrollTop + clientHeight > scrollHeight - 40;
            if (near && found.hasNextPage && !found.isFetching) void found.fetchNextPage();
          }}
        >
          {options.map((option) => (
            <Combobox.Option key={option.id} value={option.id ?? ""} active={option.id === value?.id}>
              <Text size="sm" truncate>
                {option.name}
              </Text>
            </Combobox.Option>
          ))}
          {found.isFetching && (
            <Group justify="center" p="xs">
              <Loader size="xs" />
            </Group>
          )}
          {!found.isFetching && options.length === 0 && <Combobox.Empty>{t("lookup.nothing")}</Combobox.Empty>}
        </Combobox.Options>
        {props.create && <Combobox.Footer>{props.create}</Combobox.Footer>}
      </Combobox.Dropdown>
    </Combobox>
  );
}
