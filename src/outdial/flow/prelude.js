// What expressions and scripts find in a fresh context. Under a time limit the engine cannot call Python, so `sys`
// answers from data that is handed in as JSON; a value is never pasted into code.
(function (top) {
  "use strict";
  const parse = JSON.parse, print = JSON.stringify, has = Object.hasOwn, text = String;
  const run = top.eval, compile = Function, LocalTime = Date;
  let variables = {}, answers = {};

  const known = (name, argument) => {
    const mine = answers[name];
    return mine !== undefined && has(mine, argument) ? mine[argument] : undefined;
  };
  const variable = (name) => {
    const found = known("getVariable", name);
    return found !== undefined ? found : has(variables, name) ? variables[name] : "";
  };
  const global = (name) => known("getGlobalVariable", name) ?? "";
  const fix = (name, value) => Object.defineProperty(top, name, { value });

  const sys = { getVariable: variable, getGlobalVariable: global };
  for (const name of ["year", "yday", "mon", "mday", "week", "mweek", "wday", "hour", "minute", "minute_of_day",
                      "time_of_day", "date_time"]) sys[name] = (argument) => known(name, argument);
  fix("sys", Object.freeze(sys));

  const take = (given) => {
    answers = given.answers;
    if (given.variables !== null) variables = given.variables;
  };
  fix("_truth", (json) => {
    const given = parse(json);
    take(given);
    run("_result = " + given.code);
    return !!top._result;
  });
  fix("_script", (json) => {
    const given = parse(json);
    take(given);
    top._getChannelVar = variable;
    top._getGlobalVar = global;
    top.LocalDate = () => new LocalTime(...given.date);
    return print(text(compile(given.code)()));
  });
  fix("_compile", (json) => {
    compile("_result = " + parse(json).code);
  });

  // Some built-in loops never look at the clock: they refuse sizes that would keep them busy for minutes. What
  // ECMAScript 5 did not have, and schemas therefore do not use, goes altogether where it has such a loop.
  const guard = (owner, name, refuses) => {
    const real = owner[name], apply = Reflect.apply;
    const guarded = { [name](...given) {
      if (refuses(this, given)) throw new RangeError(name + " refuses so much");
      return apply(real, this, given);
    } }[name];
    Object.defineProperty(owner, name, { value: guarded, writable: true, configurable: true });
  };
  const long = (list) => list !== null && list !== undefined && list.length > 1e5;
  for (const name of ["flat", "flatMap", "copyWithin", "fill", "toReversed", "toSorted", "toSpliced", "with"])
    delete Array.prototype[name];
  delete String.raw;
  for (const name of ["concat", "join", "toLocaleString", "shift", "unshift", "reverse", "slice", "splice", "sort"])
    guard(Array.prototype, name, name === "concat" ? (list, given) => long(list) || given.some(long) : long);
  const costly = (subject, given) =>
    subject !== null && subject !== undefined && text(subject).length * text(given[0]).length > 1e7;
  for (const name of ["indexOf", "lastIndexOf", "includes", "match", "matchAll", "search", "split", "replace",
                      "replaceAll"]) guard(String.prototype, name, costly);
})(globalThis);
