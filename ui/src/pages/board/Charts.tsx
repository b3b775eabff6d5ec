/** The board's charts: by hour, by cause, by attempt number. Loaded only where they are drawn. */
import { useComputedColorScheme } from "@mantine/core";
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

echarts.use([BarChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, CanvasRenderer]);

export interface Series {
  name: string;
  values: number[];
}
interface Props {
  label: string;
  categories: string[];
  series: Series[];
  /** Bars lie, for long names. */
  lying?: boolean;
}

const COLORS = { light: ["#4d58dd", "#0f9d6e", "#c2790a"], dark: ["#8a93ea", "#43c596", "#e3a544"] };

export default function Chart({ label, categories, series, lying = false }: Props) {
  const scheme = useComputedColorScheme("light");
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  useEffect(() => {
    if (!box.current) return;
    const made = echarts.init(box.current, null, { renderer: "canvas" });
    chart.current = made;
    const seen = new ResizeObserver(() => made.resize());
    seen.observe(box.current);
    return () => {
      seen.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    const ink = scheme === "dark" ? "#a3abbd" : "#565e70";
    const line = scheme === "dark" ? "#2a2e3e" : "#e3e5ee";
    const names = { type: "category" as const, data: categories, inverse: lying, axisLabel: { color: ink, width: 170, overflow: "truncate" as const }, axisTick: { show: false }, axisLine: { lineStyle: { color: line } } };
    const values = { type: "value" as const, minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } };
    chart.current?.setOption(
      {
        aria: { enabled: true, label: { description: label } },
        animation: false,
        color: COLORS[scheme],
        grid: { left: 8, right: 16, top: series.length > 1 ? 34 : 10, bottom: 4, outerBoundsMode: "same" },
        legend: series.length > 1 ? { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 12, itemHeight: 12 } : { show: false },
        tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
        xAxis: lying ? values : names,
        yAxis: lying ? names : values,
        series: series.map((one) => ({ type: "bar", name: one.name, data: one.values, barMaxWidth: 26, itemStyle: { borderRadius: 3 } })),
      },
      { notMerge: true },
    );
  }, [scheme, label, categories, series, lying]);
  return <div ref={box} role="img" aria-label={label} style={{ height: 240, width: "100%" }} />;
}
