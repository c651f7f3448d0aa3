// What a spreadsheet makes of CSV: reads it from standard input, and writes the cells of each line as JSON. A number is
// a number, a text is a text, what is computed is {"formula"}, and an empty cell is null.
'use strict';
const { read, utils } = require('xlsx');

const book = read(require('fs').readFileSync(0, 'utf8'), { type: 'string' });
const sheet = book.Sheets[book.SheetNames[0]];
const { e: end } = utils.decode_range(sheet['!ref']);
const cell = (found) => (found === undefined ? null : found.f === undefined ? found.v : { formula: found.f });
const line = (r) => Array.from({ length: end.c + 1 }, (_, c) => cell(sheet[utils.encode_cell({ r, c })]));
process.stdout.write(JSON.stringify(Array.from({ length: end.r + 1 }, (_, r) => line(r))));
