// What panels show, by Grafana's own library: answers of Prometheus become frames as its data source makes them, then
// come its transformations, overrides, units and colours. Reads JSON from standard input and writes JSON.
//
//   {"names": true}         -> {"units": […], "transformations": […], "colours": […]}
//   {"panels": [{"kind", "fieldConfig", "options", "transformations", "queries", "answers"}]}
//                           -> for each {"rows"}, {"values"}, {"series"} or {"cells"}
'use strict';
globalThis.navigator ??= { language: 'en-GB', languages: ['en-GB'] }; // it asks a browser how dates are written
const grafana = require('@grafana/data');
const { firstValueFrom } = require('rxjs');
globalThis.window ??= globalThis; // it asks there for settings; before, it would take this for a browser

const theme = grafana.createTheme({ colors: { mode: 'dark' } });
const STANDARD = ['unit', 'decimals', 'min', 'max', 'noValue', 'thresholds', 'mappings', 'color', 'links', 'displayName'];
const CUSTOM = ['width', 'cellOptions', 'hidden', 'hideFrom'];
const registry = new grafana.Registry(() => [
  ...STANDARD.map((id) => ({ id, path: id, name: id, isCustom: false })),
  ...CUSTOM.map((id) => ({ id: `custom.${id}`, path: id, name: id, isCustom: true })),
].map((item) => ({ ...item, process: (value) => value, shouldApply: () => true, getItemsCount: () => 1 })));
const USED = [...new Set(Object.values(grafana.standardTransformers))];
grafana.standardTransformersRegistry.setInit(() =>
  USED.map((one) => ({ id: one.id, name: one.id, transformation: async () => one, editor: null })));

// Frames, after grafana-prometheus/src/result_transformer.ts

const number = (text) => (/^[+-]?inf/i.test(text) ? (text[0] === '-' ? -Infinity : Infinity) : parseFloat(text));
const samples = (series) => series.values ?? [series.value];

function named(query, labels) {
  if (query.legendFormat !== '__auto') {
    return query.legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? label);
  }
  const { __name__, ...rest } = labels;
  const shown = Object.entries(rest).map(([label, value]) => `${label}="${value}"`).join(', ');
  return `${__name__ ?? ''}{${shown}}`;
}

function lines(query, answer) {
  return answer.map((series) => ({
    refId: query.refId,
    length: samples(series).length,
    fields: [
      { name: 'Time', type: 'time', config: {}, values: samples(series).map(([at]) => at * 1000) },
      { name: 'Value', type: 'number', labels: series.metric, values: samples(series).map(([, value]) => number(value)),
        config: { displayNameFromDS: named(query, series.metric) } },
    ],
  }));
}

function table(query, answer, several) {
  const labels = [];
  for (const { metric } of answer) labels.push(...Object.keys(metric).sort().filter((label) => !labels.includes(label)));
  const field = (name, type, values, config) => ({ name, type, config, values });
  return {
    refId: query.refId,
    length: answer.length,
    fields: [
      field('Time', 'time', answer.map(({ value }) => value[0] * 1000), {}),
      ...labels.map((label) => field(label, 'string', answer.map(({ metric }) => metric[label] ?? ''), { filterable: true })),
      field(several ? `Value #${query.refId}` : 'Value', 'number', answer.map(({ value }) => number(value[1])), {}),
    ],
  };
}

function frames(panel) {
  const asked = panel.queries.map((query, index) => [query, panel.answers[index]]).filter(([, answer]) => answer.length);
  return asked.flatMap(([query, answer]) =>
    query.format === 'table' ? [table(query, answer, asked.length > 1)] : lines(query, answer));
}

// Panels

async function shown(panel) {
  if (panel.kind === 'text') return {};
  if (panel.kind === 'heatmap') return { cells: cells(panel) };
  const changed = await firstValueFrom(grafana.transformDataFrame(panel.transformations, frames(panel)));
  const data = grafana.applyFieldOverrides({
    data: changed, fieldConfig: structuredClone(panel.fieldConfig), fieldConfigRegistry: registry, theme,
    replaceVariables: (text) => text, timeZone: 'utc',
  });
  data.forEach((frame) => frame.fields.forEach((field) => { field.state = { ...field.state, seriesIndex: data.indexOf(frame) }; }));
  if (panel.kind === 'table') return rows(data);
  if (panel.kind === 'timeseries') return { series: data.map(series) };
  return { values: data.length ? data.map(latest) : [nothing(panel)] };
}

// A stat without any series: after getFieldDisplayValues of @grafana/data, whose field is one without values.
function nothing(panel) {
  const [frame] = grafana.applyFieldOverrides({
    data: [{ fields: [{ name: 'No data', type: 'other', config: {}, values: [] }], length: 0 }],
    fieldConfig: structuredClone(panel.fieldConfig), fieldConfigRegistry: registry, theme,
    replaceVariables: (text) => text, timeZone: 'utc',
  });
  return { name: '', value: null, ...display(frame.fields[0], null) };
}

const display = (field, value) => {
  const found = field.display(value);
  return { text: grafana.formattedValueToString(found), color: found.color };
};

function rows([frame]) {
  if (!frame) return { columns: [], rows: [] };
  const columns = frame.fields.map((field) => grafana.getFieldDisplayName(field, frame));
  const visible = frame.fields.filter((field) => !field.config.custom?.hidden && !field.config.custom?.hideFrom?.viz);
  const cell = (field, row) => {
    const { text, color } = display(field, field.values[row]);
    const links = field.config.links?.map((link) => link.url.replace(/\$\{__data\.fields\.(\w+)\}/g,
      (_, name) => grafana.formattedValueToString(frame.fields[columns.indexOf(name)].display(frame.fields[columns.indexOf(name)].values[row]))));
    return { text, link: links?.[0], color: field.config.custom?.cellOptions?.type === 'color-text' ? color : undefined };
  };
  const widths = visible.map((field) => field.config.custom?.width ?? 0);
  const shown = visible.map((field) => columns[frame.fields.indexOf(field)]);
  return { columns: shown, widths, rows: Array.from({ length: frame.length }, (_, row) => visible.map((field) => cell(field, row))) };
}

function latest(frame) {
  const field = frame.fields[1];
  const reduced = grafana.reduceField({ field, reducers: ['lastNotNull'] }).lastNotNull;
  return { name: grafana.getFieldDisplayName(field, frame), value: reduced, ...display(field, reduced) };
}

function series(frame, index) {
  const [time, field] = frame.fields;
  const fixed = field.config.color?.fixedColor;
  const color = fixed ? theme.visualization.getColorByName(fixed) : theme.visualization.getColorByName(theme.visualization.palette[index % 20]);
  return { name: grafana.getFieldDisplayName(field, frame), color, points: time.values.map((at, row) => [at, field.values[row]]) };
}

function cells(panel) {
  const edge = (one) => number(one.metric.le ?? '+Inf');
  const sorted = [...panel.answers[0]].sort((one, other) => edge(one) - edge(other));
  return sorted.map((one, index) => ({
    le: edge(one),
    counts: samples(one).map(([at, value], row) => [at * 1000, number(value) - (index ? number(samples(sorted[index - 1])[row]?.[1] ?? 0) : 0)]),
  }));
}

// Axes: from what is to be seen at least, with ticks in the unit's own words, and the lines of thresholds.

function axis(panel, { series, cells }) {
  const { unit, thresholds, custom } = panel.fieldConfig.defaults;
  const format = grafana.getValueFormat(unit ?? 'short');
  const write = (value) => grafana.formattedValueToString(format(value));
  if (cells) return { ticks: cells.map(({ le }) => ({ value: le, text: Number.isFinite(le) ? write(le) : '∞' })) };
  const values = (series ?? []).flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const low = Math.min(...values, custom?.axisSoftMin ?? Infinity);
  const high = Math.max(...stacked(custom, series, values), custom?.axisSoftMax ?? -Infinity, low + 1e-9);
  const linear = custom?.scaleDistribution?.type === 'symlog' ? custom.scaleDistribution.linearThreshold : 0;
  const at = linear ? decades(linear, high) : even(low, high);
  const ticks = at.map((value) => ({ value, text: write(Number(value.toPrecision(6))) }));
  return { low, high, linear, ticks, lines: (custom?.thresholdsStyle?.mode ?? 'off') === 'off' ? [] : thresholdLines(thresholds.steps) };
}

const stacked = (custom, series, values) =>
  custom?.stacking ? Array.from({ length: Math.max(0, ...series.map(({ points }) => points.length)) },
    (_, row) => series.reduce((sum, { points }) => sum + (points[row]?.[1] || 0), 0)) : values;

function even(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  return found;
}

function decades(linear, high) {
  const found = [0];
  for (let at = 10 ** Math.ceil(Math.log10(linear)); at <= high; at *= 10) found.push(at);
  return found;
}

// After getThresholdsDrawHook of @grafana/ui: below a transparent step, a line has the color of the step before it.
function thresholdLines(steps) {
  const top = Math.max(0, steps.findIndex(({ color }) => color === 'transparent'));
  return steps.slice(1).map(({ value, color }, index) =>
    ({ value, color: theme.visualization.getColorByName(top >= index + 1 ? steps[index].color : color) }));
}

async function main(input) {
  if (input.names) {
    const colours = theme.visualization.hues.flatMap((hue) => [hue.name, ...hue.shades.map((shade) => shade.name)]);
    return {
      units: grafana.getValueFormats().flatMap((category) => category.submenu.map((unit) => unit.value)),
      transformations: USED.map((transformation) => transformation.id),
      colours: [...colours, 'text', 'transparent'],
    };
  }
  return Promise.all(input.panels.map(async (panel) => {
    const found = await shown(panel);
    return panel.kind === 'timeseries' || panel.kind === 'heatmap' ? { ...found, axis: axis(panel, found) } : found;
  }));
}

let text = '';
process.stdin.on('data', (part) => (text += part)).on('end', () =>
  main(JSON.parse(text)).then((answer) => process.stdout.write(JSON.stringify(answer)), (error) => { console.error(error); process.exit(1); }));
