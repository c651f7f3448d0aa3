// What Grafana's own types say of dashboards, made strict: JSON in place of enums, the options of each kind of panel,
// no key that nobody reads. A dashboard that fits is assigned to `Classic` or `V2` as a literal.
import type * as grafana from '@grafana/schema';
import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as text from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type * as v2 from '@grafana/schema/apis/dashboard.grafana.app/v2';

// A type as its JSON: members of enums are their values.
type Json<T> = unknown extends T ? T
  : T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer N extends number}` ? N : never)
  : T extends (infer U)[] ? Json<U>[]
  : T extends object ? { [K in keyof T]: Json<T[K]> }
  : T;
// Grafana fills in what is left out, at any depth.
type Some<T> = unknown extends T ? T : T extends unknown[] ? T : T extends object ? { [K in keyof T]?: Some<T[K]> } : T;
type Exact<T, K extends keyof T> = Required<Json<Pick<T, K>>>;

// Fields: what holds for all, and what for some; each property by its name and with its own type.
type Custom = { timeseries: timeseries.FieldConfig; table: table.FieldConfig; heatmap: heatmap.FieldConfig };
type CustomOf<K> = K extends keyof Custom ? Some<Json<Custom[K]>> : never;
type Defaults<K> = Omit<Json<grafana.FieldConfig>, 'custom' | 'thresholds' | 'mappings' | 'color' | 'links'> & {
  unit?: string; thresholds?: Json<grafana.ThresholdsConfig>; mappings?: Json<grafana.ValueMapping>[];
  color?: Json<grafana.FieldColor>; links?: Link[]; custom?: CustomOf<K>;
};
interface Link { title: string; url: string; targetBlank?: boolean }
type Property<K> =
  | { [P in keyof Defaults<K>]-?: { id: P; value: NonNullable<Defaults<K>[P]> } }[Exclude<keyof Defaults<K>, 'custom'>]
  | { [P in keyof CustomOf<K> & string]-?: { id: `custom.${P}`; value: NonNullable<CustomOf<K>[P]> } }[keyof CustomOf<K> & string]
  | (K extends 'table' ? { id: 'custom.hidden'; value: boolean } : never); // Grafana before 12.2 reads it
interface Fields<K> {
  defaults: Defaults<K>;
  overrides: { matcher: { id: 'byName'; options: string }; properties: Property<K>[] }[];
}

interface Options {
  bargauge: Some<Json<bargauge.Options>>;
  heatmap: Some<Json<heatmap.Options>>;
  stat: Some<Json<stat.Options>>;
  table: Some<Json<table.Options>>;
  text: Exact<text.Options, 'mode' | 'content'>;
  timeseries: Some<Json<timeseries.Options>>;
}

// Queries, of which @grafana/schema knows nothing: as packages/grafana-prometheus/src/dataquery.ts has them.
interface Query {
  expr: string; legendFormat: string; format?: 'time_series' | 'table' | 'heatmap'; instant?: boolean; range?: boolean;
}
type Source = { type: 'prometheus'; uid: '${datasource}' };
type Changes = { merge: Record<string, never>; filterFieldsByName: { include: { names: string[] } };
  organize: { excludeByName: Record<string, boolean>; indexByName: Record<string, number>; renameByName: Record<string, string> };
  sortBy: { fields: Record<string, never>; sort: { field: string; desc: boolean }[] } };

// The classic model.
type Shown<K extends keyof Options> = Exact<grafana.Panel, 'id' | 'gridPos' | 'title' | 'description'> & {
  type: K; options: Options[K]; fieldConfig: Fields<K>; timeFrom?: string; interval?: string;
};
type Asking<K extends keyof Options> = Shown<K> & {
  datasource: Source; targets: (Query & { refId: string })[];
  transformations?: { [C in keyof Changes]: { id: C; options: Changes[C] } }[keyof Changes][];
};
type Panel = Asking<'bargauge'> | Asking<'heatmap'> | Asking<'stat'> | Asking<'table'> | Asking<'timeseries'> | Shown<'text'> | Row;
type Row = Exact<grafana.RowPanel, 'id' | 'type' | 'title' | 'collapsed' | 'gridPos'> & { panels: [] };
type Variable = Omit<Json<grafana.VariableModel>, 'datasource' | 'query'> & { datasource?: Source; query: string | { query: string; refId: string } };
// Grafana reads more of an annotation than its schema says: grafana-prometheus/src/annotations.ts
type Annotation = Omit<Json<grafana.AnnotationQuery>, 'target' | 'datasource'> & {
  datasource: Source; expr: string; step: string; titleFormat: string; textFormat: string; tagKeys: string;
  target: { refId: string; expr: string; interval: string; range: boolean };
};
export type Classic = Omit<Json<grafana.Dashboard>, 'panels' | 'templating' | 'annotations' | 'uid' | 'title' | 'description'> & {
  uid: string; title: string; description: string; editable: false;
  panels: Panel[]; templating: { list: Variable[] }; annotations: { list: Annotation[] };
};

// The v2 schema.
type Asked<S> = Omit<v2.DataQueryKind, 'spec' | 'group' | 'datasource'> & { group: 'prometheus'; datasource: { name: '${datasource}' }; spec: S };
type Viz = { [K in keyof Options]: Omit<v2.VizConfigKind, 'group' | 'spec'> & { group: K; spec: { options: Options[K]; fieldConfig: Fields<K> } } }[keyof Options];
type Change = { [C in keyof Changes]: { kind: 'Transformation'; group: C; spec: { options: Changes[C] } } }[keyof Changes];
type Element = { kind: 'Panel'; spec: Omit<v2.PanelSpec, 'data' | 'vizConfig' | 'description'> & {
  description: string; vizConfig: Viz;
  data: { kind: 'QueryGroup'; spec: { queries: { kind: 'PanelQuery'; spec: { refId: string; hidden: boolean; query: Asked<Query> } }[];
    transformations: Change[]; queryOptions: v2.QueryOptionsSpec } };
} };
type Variable2 = v2.DatasourceVariableKind | v2.ConstantVariableKind | v2.TextVariableKind | {
  kind: 'QueryVariable'; spec: Omit<v2.QueryVariableSpec, 'query'> & { query: Asked<{ query: string; refId: string }> } };
type Annotation2 = { kind: 'AnnotationQuery'; spec: Omit<v2.AnnotationQuerySpec, 'query' | 'legacyOptions'> & {
  query: Asked<{ expr: string; interval: string; range: boolean; refId: string }>;
  legacyOptions: { expr: string; step: string; titleFormat: string; textFormat: string; tagKeys: string } } };
export interface V2 {
  apiVersion: 'dashboard.grafana.app/v2'; kind: 'Dashboard'; metadata: { name: string };
  spec: Omit<v2.Spec, 'elements' | 'layout' | 'variables' | 'annotations' | 'description'> & {
    description: string; editable: false; elements: Record<string, Element>; layout: v2.RowsLayoutKind;
    variables: Variable2[]; annotations: Annotation2[] };
}
