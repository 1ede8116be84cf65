# SPDX-License-Identifier: Apache-2.0
"""Writes parsed templates as C: one function for each component and page, in the order in which they call."""
from refuse import Refused

PUT = {"text": "web__put", "plain": "web__put", "attribute": "web__put", "url": "web__put_url", "urlpart": "web__put_url_part"}


def c_string(text):
    out = []
    for byte in text.encode():
        char = chr(byte)
        out.append("\\" + char if char in '"\\' else char if 32 <= byte < 127 and char != "?" else f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


class Emitter:
    def __init__(self, components, pages, words):
        self.components, self.pages, self.words = components, pages, words
        self.constants, self.functions, self.done, self.busy = {}, [], set(), []
        self.used_words = set()

    def all(self):
        for template in self.components.values():
            self.component_function(template)
        for template in self.pages.values():
            self.page_functions(template)

    def component_function(self, template):
        if template.name in self.done:
            return
        if template.name in self.busy:
            raise Refused(template.file, 1, "components call each other in a circle: " + " > ".join(self.busy))
        self.busy.append(template.name)
        params = "".join(f", const struct tb_json *p_{c_name(name)}" for name in template.params)
        body = Function(self, template, {name: f"p_{c_name(name)}" for name in template.params})
        body.nodes(template.nodes)
        head = f"void\nweb__c_{c_name(template.name)}(struct web__out *out{params})"
        unused = [f"    (void)p_{c_name(name)};" for name in template.params]
        self.functions.append((head, unused + body.lines))
        self.busy.pop()
        self.done.add(template.name)

    def page_functions(self, template):
        if template.title is None:
            raise Refused(template.file, 1, "a page begins with {{title …}}")
        name = c_name(template.name)
        title = Function(self, template, {})
        title.line(f"web__put(out, {title.text(template.title, 1)});")
        body = Function(self, template, {})
        body.nodes(template.nodes)
        for suffix, function in (("title", title), ("body", body)):
            head = f"static void\n{suffix}_{name}(struct web__out *out, const struct tb_json *data)"
            self.functions.append((head, ["    (void)data;"] + function.lines))

    def constant(self, kind, text):
        key = (kind, text)
        if key not in self.constants:
            self.constants[key] = f"constant_{len(self.constants)}"
        return "&" + self.constants[key]


def c_name(name):
    return name.replace("-", "_")


class Function:
    """The statements of one C function. scope: template name -> C variable."""

    def __init__(self, emitter, template, scope):
        self.emitter, self.template, self.scopes = emitter, template, [dict(scope)]
        self.lines, self.depth, self.count, self.pending, self.bodies = [], 1, 0, "", []

    def refuse(self, line, text):
        raise Refused(self.template.file, line, text)

    def line(self, text):
        self.flush()
        self.lines.append("    " * self.depth + text)

    def flush(self):
        if self.pending:
            text, self.pending = self.pending, ""
            self.lines.append("    " * self.depth + f"web__html(out, {c_string(text)}, {len(text.encode())});")

    def open(self, text):
        self.line(text)
        self.depth += 1

    def close(self, text="}"):
        self.flush()
        self.depth -= 1
        self.lines.append("    " * self.depth + text)

    def fresh(self, name):
        self.count += 1
        return f"v{self.count}_{c_name(name)}"

    # values

    def find(self, name):
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def path(self, steps, line):
        at_key = steps[-1] == "@key"
        if at_key:
            steps = steps[:-1]
        variable = self.find(steps[0])
        if variable is not None:
            rest = steps[1:]
        elif steps[0] == "page":
            variable, rest = "out->page", steps[1:]
        elif self.template.name in self.emitter.pages:
            variable, rest = "data", steps
        else:
            self.refuse(line, f"{steps[0]} is neither a parameter nor bound here")
        json = f'web__get({variable}, "{".".join(rest)}")' if rest else variable
        return f"web__key(out, {json})" if at_key else json

    def json(self, value, line):
        kind = value[0]
        if kind == "path":
            return self.path(value[1], line)
        if kind in ("text", "number", "bool"):
            return self.emitter.constant(kind, value[1])
        return f"web__make(out, {self.text(value, line)})"

    def text(self, value, line):
        kind = value[0]
        if kind in ("text", "number", "bool"):
            return f"TB_STR({c_string(value[1])})"
        if kind == "path":
            return f"web__text(out, {self.path(value[1], line)})"
        if kind == "filter":
            return f"web__f_{value[1]}(out, {self.json(value[2], line)})"
        if kind == "words":
            return f"web__sentence(out, {self.sentence(value, line)})"
        parts = ", ".join(f"{{{self.text(part, line)}, {'true' if part[0] == 'text' else 'false'}}}" for part in value[1])
        name = "web__url" if kind == "url" else "web__cat"
        return f"{name}(out, (const struct web__piece[]){{{parts}}}, {len(value[1])})"

    def sentence(self, value, line):
        _, key, given = value
        words = self.emitter.words
        if key not in words.names:
            self.refuse(line, f"there is no sentence {key}")
        wanted = words.names[key]
        if sorted(wanted) != sorted(given):
            self.refuse(line, f"{key} takes {wanted}, given is {sorted(given)}")
        self.emitter.used_words.add(key)
        if not wanted:
            return f"WEB_T_{key.replace('.', '_')}, NULL"
        values = ", ".join(self.text(given[name], line) for name in wanted)
        return f"WEB_T_{key.replace('.', '_')}, (const tb_str[]){{{values}}}"

    def condition(self, cond, line):
        kind = cond[0]
        if kind in ("and", "or"):
            sign = "&&" if kind == "and" else "||"
            return f"({self.condition(cond[1], line)} {sign} {self.condition(cond[2], line)})"
        if kind == "not":
            return f"!{self.condition(cond[1], line)}"
        if kind == "is":
            return f"web__is({self.json(cond[1], line)})"
        equal = f"tb_str_eq({self.text(cond[1], line)}, {self.text(cond[2], line)})"
        return equal if kind == "==" else "!" + equal

    # nodes

    def nodes(self, nodes):
        for node in nodes:
            getattr(self, "node_" + node.kind)(node)
        self.flush()

    def node_html(self, node):
        self.pending += node.text

    def node_value(self, node):
        if node.value[0] == "text" and node.context in ("text", "plain", "attribute"):
            self.refuse(node.line, "a text of its own belongs into text/zh.yaml and text/en.yaml")
        self.line(f"{PUT[node.context]}(out, {self.text(node.value, node.line)});")

    def node_words(self, node):
        if node.context in ("url", "urlpart"):
            self.refuse(node.line, "a sentence is no address")
        put = "web__put_sentence" if node.context == "text" else "web__put_plain_sentence"
        self.line(f"{put}(out, {self.sentence(node.value, node.line)});")

    def node_svg(self, node):
        self.line(f"web__put_svg(out, {self.json(node.value, node.line)});")

    def node_title(self, node):
        self.line("web__put_title(out);")

    def node_body(self, node):
        if not self.bodies:
            self.line("web__put_body(out);")
            return
        nodes, scopes, template = self.bodies.pop()
        kept = self.scopes, self.template
        self.scopes, self.template = scopes, template
        for inner in nodes:
            getattr(self, "node_" + inner.kind)(inner)
        self.scopes, self.template = kept
        self.bodies.append((nodes, scopes, template))

    def node_if(self, node):
        for index, (condition, nodes) in enumerate(node.arms):
            text = f"if ({self.condition(condition, node.line)}) {{"
            if index == 0:
                self.open(text)
            else:
                self.close("} else " + text)
                self.depth += 1
            self.nodes(nodes)
        if node.otherwise:
            self.close("} else {")
            self.depth += 1
            self.nodes(node.otherwise)
        self.close()

    def node_each(self, node):
        item, values = self.fresh(node.name), self.fresh("list")
        self.open("{")
        self.line(f"const struct tb_json *{values} = {self.json(node.values, node.line)};")
        scope = {node.name: item}
        if node.counter:
            counter = self.fresh(node.counter)
            scope[node.counter] = counter
            self.line(f"int {counter}_n = 0;")
        self.open(f"TB_JSON_EACH({item}, {values}) {{")
        if node.counter:
            self.line(f"const struct tb_json *{counter} = web__number(out, ++{counter}_n);")
        self.scopes.append(scope)
        self.nodes(node.nodes)
        self.scopes.pop()
        self.close()
        if node.otherwise:
            self.open(f"if ({values} == NULL || {values}->first == NULL) {{")
            self.nodes(node.otherwise)
            self.close()
        self.close()

    def node_let(self, node):
        self.open("{")
        scope = {}
        for name, value in node.given.items():
            scope[name] = self.fresh(name)
            self.line(f"const struct tb_json *{scope[name]} = {self.json(value, node.line)};")
            self.line(f"(void){scope[name]};")
        self.scopes.append(scope)
        self.nodes(node.nodes)
        self.scopes.pop()
        self.close()

    def node_component(self, node):
        component = self.emitter.components.get(node.name)
        if component is None:
            self.refuse(node.line, f"there is no component {node.name}")
        for name in node.given:
            if name not in component.params:
                self.refuse(node.line, f"{node.name} has no parameter {name}; it has {list(component.params)}")
        for name, optional in component.params.items():
            if name not in node.given and not optional:
                self.refuse(node.line, f"{node.name} needs {name}")
        given = {name: self.json(node.given[name], node.line) if name in node.given else "NULL"
                 for name in component.params}
        if node.body is None:
            if has_body(component.nodes):
                self.refuse(node.line, f"{node.name} takes a body: {{{{#> {node.name}}}}} … {{{{/>}}}}")
            self.emitter.component_function(component)
            self.line(f"web__c_{c_name(node.name)}(out{''.join(', ' + v for v in given.values())});")
            return
        self.component_with_body(component, given, node)

    def component_with_body(self, component, given, node):
        """Written out in place, so that the body sees the caller's names and the component only its own."""
        self.open("{")
        scope = {}
        for name, value in given.items():
            scope[name] = self.fresh(name)
            self.line(f"const struct tb_json *{scope[name]} = {value};")
            self.line(f"(void){scope[name]};")
        self.bodies.append((node.body, self.scopes, self.template))
        kept = self.scopes, self.template
        self.scopes, self.template = [scope], component
        self.nodes(component.nodes)
        self.scopes, self.template = kept
        self.bodies.pop()
        self.close()


def has_body(nodes):
    for node in nodes:
        if node.kind == "body":
            return True
        inner = [node.__dict__.get("nodes") or [], node.__dict__.get("otherwise") or []]
        inner += [arm[1] for arm in node.__dict__.get("arms", [])]
        if any(has_body(part) for part in inner):
            return True
    return False


def write_templates(emitter):
    """The C file of all templates."""
    out = ["/* Made by tools/template from src/web. Not edited by hand. */", '#include "web/web_internal.h"', ""]
    kinds = {"text": "TB_JSON_TEXT", "number": "TB_JSON_NUMBER"}
    for (kind, text), name in emitter.constants.items():
        json = kinds.get(kind) or ("TB_JSON_TRUE" if text == "true" else "TB_JSON_FALSE")
        value = f", .text = {{{c_string(text)}, {len(text.encode())}}}" if kind != "bool" else ""
        out.append(f"static const struct tb_json {name} = {{.kind = {json}{value}}};")
    for head, lines in emitter.functions:
        out += ["", head, "{"] + lines + ["}"]
    out += ["", "const struct web__view web__views[WEB_VIEW_COUNT] = {"]
    for template in emitter.pages.values():
        name, view = c_name(template.name), template.view
        out.append(f"    [WEB_VIEW_{name}] = {{{c_string(template.name)}, {c_string(view.get('nav', ''))}, "
                   f"{c_string(view.get('shape', 'public'))}, title_{name}, body_{name}}},")
    return "\n".join(out + ["};", ""])


def component_prototypes(emitter):
    for template in emitter.components.values():
        params = "".join(f", const struct tb_json *{c_name(name)}" for name in template.params)
        yield f"void web__c_{c_name(template.name)}(struct web__out *out{params});"


def write_header(emitter):
    """The header with the names of views and sentences, and the components for tests."""
    out = ["/* Made by tools/template from src/web. Not edited by hand. */", "#ifndef WEB_GENERATED_H", "#define WEB_GENERATED_H",
           "", "enum web__view_id {"]
    out += [f"    WEB_VIEW_{c_name(name)}," for name in emitter.pages] + ["    WEB_VIEW_COUNT", "};", "", "enum web__word {"]
    out += [f"    WEB_T_{key.replace('.', '_')}," for key in emitter.words.keys] + ["    WEB_T_COUNT", "};", ""]
    out += ["struct tb_json;", "struct web__out;", *component_prototypes(emitter), ""]
    return "\n".join(out + ["#endif", ""])


def write_words(words):
    """The C file of all sentences: for each language an array of pieces."""
    kinds = "text value count strong strong_end kept kept_end link link_end".split()
    out = ["/* Made by tools/template from src/web/text. Not edited by hand. */", '#include "web/web_internal.h"', ""]
    rows = {lang: [] for lang in words.parts}
    for lang, sentences in words.parts.items():
        for key in words.keys:
            name = f"{lang}_{key.replace('.', '_')}"
            out.append(f"static const struct web__part {name}[] = {{")
            for kind, *rest in sentences[key]:
                index = words.names[key].index(rest[0]) if kind in ("value", "count") else 0
                texts = rest if kind == "text" else rest[1:] if kind == "count" else []
                texts = ", ".join(f"{{{c_string(t)}, {len(t.encode())}}}" for t in texts) or "{NULL, 0}"
                out.append(f"    {{WEB_PART_{kind.upper()}, {index}, {{{texts}}}}},")
            out += ["    {0}};"]
            rows[lang].append(f"    [WEB_T_{key.replace('.', '_')}] = {name},")
    for lang in rows:
        out += ["", f"const struct web__part *const web__words_{lang}[WEB_T_COUNT] = {{"] + rows[lang] + ["};"]
    out += ["", "const uint8_t web__word_links[WEB_T_COUNT] = {"]
    out += [f"    [WEB_T_{k.replace('.', '_')}] = {len(words.names[k])}," for k in words.keys if "link" in words.names[k]]
    return "\n".join(out + ["};", ""])
