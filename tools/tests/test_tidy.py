import pathlib
import tempfile
import unittest

from tools import tidy
from tools.checks.dead import check_dead
from tools.checks.services import check_services
from tools.checks.source import Source, blank

RULES = tidy.load_rules()
OPEN_WORD = "TO" + "DO"


def problems(path, text, root=tidy.ROOT):
    return [str(problem) for problem in tidy.check(Source(path, text), RULES, root)]


def body(lines):
    return "    work();\n" * lines


class Includes(unittest.TestCase):
    def test_an_arrow_downwards_is_fine(self):
        self.assertEqual(problems("net/http/server.cpp", '#include "base/text.hpp"\n#include "net/http/server.hpp"\n'), [])

    def test_an_arrow_upwards_is_a_problem(self):
        found = problems("base/text.cpp", '#include <string>\n#include "net/http/server.hpp"\n')

        self.assertEqual(found, ["base/text.cpp:2: base may not include net (net/http/server.hpp)"])

    def test_an_arrow_sideways_between_services_is_a_problem(self):
        found = problems("services/chat/chat.cpp", '#include "services/auth/auth.hpp"\n')

        self.assertEqual(found, ["services/chat/chat.cpp:1: service chat may not include service auth (services/auth/auth.hpp)"])

    def test_tests_of_a_service_may_fill_what_it_reads(self):
        text = '#include "services/consumer/adapters/memory/memory_messages.hpp"\n'

        self.assertEqual(problems("services/chat/tests/world.cpp", text), [])
        self.assertEqual(len(problems("services/auth/tests/world.cpp", text)), 1)
        self.assertEqual(len(problems("services/chat/chat.cpp", text)), 1)

    def test_a_service_may_include_itself_and_contracts(self):
        text = '#include "services/chat/chat.hpp"\n#include "contracts/chat/chat.hpp"\n'

        self.assertEqual(problems("services/chat/chat.cpp", text), [])

    def test_third_party_headers_have_one_home(self):
        self.assertEqual(problems("store/sqlite/connection.cpp", "#include <sqlite3.h>\n"), [])
        self.assertEqual(problems("services/chat/chat.cpp", "#include <sqlite3.h>\n"),
                         ["services/chat/chat.cpp:1: <sqlite3.h> may be read only in store/sqlite"])
        self.assertEqual(problems("services/chat/chat.cpp", "#include <boost/asio/post.hpp>\n"),
                         ["services/chat/chat.cpp:1: <boost/asio/post.hpp> may be read only in aio, net, store, runtime, cmake"])

    def test_adapters_are_named_in_one_file_of_the_runtime(self):
        text = '#include "store/sqlite/sqlite_database.hpp"\n'

        self.assertEqual(problems("runtime/stores/databases.cpp", text), [])
        self.assertEqual(problems("services/chat/tests/store_test.cpp", text), [])
        for path in ("runtime/platform/platform_state.cpp", "services/chat/module.cpp", "apps/loquat/up.cpp"):
            self.assertEqual(problems(path, text),
                             [f"{path}:1: store/sqlite/sqlite_database.hpp is an adapter: ask for its port"])

    def test_the_whole_of_asio_has_no_home(self):
        self.assertEqual(problems("aio/loop.cpp", "#include <boost/asio.hpp>\n"),
                         ["aio/loop.cpp:1: <boost/asio.hpp> may be read only in no file"])

    def test_the_longest_rule_counts(self):
        self.assertEqual(problems("cmake/asio_impl.cpp", "#include <boost/asio/impl/src.hpp>\n"), [])
        self.assertEqual(len(problems("aio/loop.cpp", "#include <boost/asio/impl/src.hpp>\n")), 1)

    def test_costly_headers_stay_out_of_headers(self):
        self.assertEqual(problems("base/text.hpp", "#include <fmt/format.h>\n"),
                         ["base/text.hpp:1: <fmt/format.h> is costly: read it in a .cpp only"])


class Rooms(unittest.TestCase):
    def of(self, path, name):
        return problems(path, f'#include "services/{name}"\n')

    def test_may_include_what_their_list_names_and_leaves(self):
        self.assertEqual(self.of("services/gateway/proxy/proxy.cpp", "gateway/routes/route.hpp"), [])
        self.assertEqual(self.of("services/gateway/proxy/proxy.cpp", "gateway/proxy/tunnel.hpp"), [])
        self.assertEqual(self.of("services/gateway/limits/limiter.hpp", "gateway/config.hpp"), [])
        self.assertEqual(self.of("services/chat/adapters/old_journal.hpp", "chat/generations/ports.hpp"), [])

    def test_may_not_include_another_room(self):
        self.assertEqual(self.of("services/gateway/domain/cors.hpp", "gateway/routes/route.hpp"),
                         ["services/gateway/domain/cors.hpp:1: gateway/domain may not include gateway/routes"
                          " (services/gateway/routes/route.hpp)"])
        self.assertEqual(len(self.of("services/auth/domain/names.cpp", "auth/adapters/sodium.hpp")), 1)

    def test_may_not_include_what_puts_them_together(self):
        self.assertEqual(len(self.of("services/gateway/own/own_endpoints.cpp", "gateway/gateway.hpp")), 1)
        self.assertEqual(self.of("services/gateway/gateway.cpp", "gateway/own/own_endpoints.hpp"), [])
        self.assertEqual(self.of("services/gateway/tests/harness.cpp", "gateway/gateway.hpp"), [])

    def test_are_all_in_the_list_of_a_service_that_has_one(self):
        self.assertEqual(self.of("services/gateway/attic/old.cpp", "gateway/routes/route.hpp"),
                         ["services/gateway/attic/old.cpp:1: gateway/attic is not among the rooms of tools/layers.toml"])


class Dead(unittest.TestCase):
    def of(self, **files):
        sources = [Source(name.replace("_hpp", ".hpp").replace("_cpp", ".cpp"), text) for name, text in files.items()]
        return [str(problem) for problem in check_dead(sources)]

    def test_is_what_only_its_definition_names(self):
        found = self.of(a_hpp="class A {\n    bool is_odd() const;\n    int size() const { return 3; }\n};\n",
                        a_cpp="bool A::is_odd() const { return true; }\n")

        self.assertEqual(found, ["a.hpp:2: nobody calls is_odd", "a.hpp:3: nobody calls size"])

    def test_is_not_what_is_called_once(self):
        self.assertEqual(self.of(a_hpp="bool is_odd(int n);\n", b_cpp="void f() {\n    if (is_odd(3)) {\n    }\n}\n"), [])
        self.assertEqual(self.of(a_hpp="int size();\n", b_cpp="int twice(A& a) { return a.size() * 2; }\n"), [])


class Services(unittest.TestCase):
    RULES = {"services": {"files": ["README.md", "NAME.hpp"], "without": {"edge": ["NAME.hpp"]}}}

    def of(self, *paths):
        return [str(problem) for problem in check_services(paths, self.RULES)]

    def test_have_the_same_files(self):
        self.assertEqual(self.of("services/README.md", "services/chat/README.md", "services/chat/chat.hpp"), [])
        self.assertEqual(self.of("services/chat/README.md", "services/chat/talk.hpp"),
                         ["services/chat/README.md:1: the service has no services/chat/chat.hpp, as the others do"])

    def test_may_lack_one_for_a_reason_that_still_holds(self):
        self.assertEqual(self.of("services/edge/README.md"), [])
        self.assertEqual(len(self.of("services/edge/README.md", "services/edge/edge.hpp")), 1)


class Words(unittest.TestCase):
    def test_getenv_belongs_to_the_configuration(self):
        self.assertEqual(problems("runtime/config/environment.cpp", 'auto a = std::getenv("A");\n'), [])
        self.assertEqual(problems("net/dns.cpp", 'auto a = std::getenv("A");\n'), ["net/dns.cpp:1: getenv belongs to runtime/config"])

    def test_a_word_in_a_comment_or_literal_is_no_use_of_it(self):
        self.assertEqual(problems("net/dns.cpp", '// getenv is not for us\nauto a = "getenv";\nauto b = R"(getenv)";\n'), [])

    def test_detached_is_refused(self):
        self.assertEqual(len(problems("net/a.cpp", "co_spawn(loop, f(), asio::detached);\n")), 1)

    def test_open_ends_are_refused_everywhere(self):
        for path in ("net/a.cpp", "web/src/a.ts", "tools/a.py", "tools/dev/a.sh"):
            self.assertEqual(problems(path, f"# {OPEN_WORD} later\n" if path[-1] in "yh" else f"// {OPEN_WORD}: later\n"),
                             [f"{path}:1: nothing is left open in the code: do it, or file it"])

    def test_sleeps_are_refused_in_tests_only(self):
        text = "void f() { std::this_thread::sleep_for(10ms); }\n"

        self.assertEqual(problems("net/tests/a_test.cpp", text), ["net/tests/a_test.cpp:1: no sleeps in tests: wait for what is promised"])
        self.assertEqual(problems("net/a.cpp", text), [])
        self.assertEqual(problems("web/src/lib/a.test.ts", "setTimeout(() => server.close(), 5);\n"), [])
        self.assertEqual(len(problems("web/src/lib/a.test.ts", "await new Promise((resolve) => setTimeout(resolve, 5));\n")), 1)


    def test_turns_of_the_loop_are_no_sleeps(self):
        for text in ("co_await loop.sleep_for(std::chrono::milliseconds{0});\n", "while (busy()) {\n    co_await loop.sleep_for(1ms);\n}\n"):
            self.assertEqual(problems("net/tests/a_test.cpp", text), [])
        self.assertEqual(len(problems("net/tests/a_test.cpp", "run();\nco_await loop.sleep_for(20ms);\n")), 1)
        self.assertEqual(len(problems("net/tests/a_test.cpp", "while (busy()) {\n    std::this_thread::sleep_for(1ms);\n}\n")), 1)


class Names(unittest.TestCase):
    def test_names_that_hide_meaning_are_refused(self):
        for path in ("base/utils.cpp", "services/common/a.hpp", "web/src/helpers/a.ts", "net/misc.hpp", "store/manager.cpp"):
            self.assertEqual(len(problems(path, "")), 1, path)

    def test_names_that_only_contain_such_a_word_are_fine(self):
        self.assertEqual(problems("base/utility_meter.cpp", ""), [])


class Sizes(unittest.TestCase):
    def test_a_file_of_400_lines_is_the_most(self):
        self.assertEqual(problems("base/a.cpp", "\n" * 400), [])
        self.assertEqual(problems("base/a.cpp", "\n" * 401), ["base/a.cpp:401: 401 lines; the limit is 400"])

    def test_generated_files_are_exempt(self):
        self.assertEqual(problems("web/src/api/contracts.gen.ts", "\n" * 900), [])
        self.assertEqual(problems("net/tests/corpora/a.cpp", f"// {OPEN_WORD}\n"), [])

    def test_a_function_of_60_lines_is_the_most(self):
        self.assertEqual(problems("base/a.cpp", "int f(int a) {\n" + body(58) + "}\n"), [])
        self.assertEqual(problems("base/a.cpp", "int f(int a) {\n" + body(59) + "}\n"), ["base/a.cpp:1: a function of 61 lines; the limit is 60"])

    def test_every_form_of_function_is_seen(self):
        heads = ["void A::f() const noexcept {", "auto f(int a) -> std::vector<int> {", "Task<void> f() {",
                 "A::A(int a) : a_{a}, b_(2) {", "A::A(int a)\n    : a_(a), b_{2} {", "template <class T>\nT f(T a) {",
                 "TEST(A, does_it) {", "bool operator==(const A& a) const {", "static int f(std::array<int, 2> a = {1, 2}) {"]
        for head in heads:
            for before, after in (("", ""), ("namespace a {\n", "}\n"), ("class A : public B {\n  public:\n    ", "};\n")):
                with self.subTest(head=head, before=before):
                    found = problems("base/a.cpp", before + head + "\n" + body(60) + "}\n" + after)
                    self.assertEqual(len(found), 1, found)

    def test_what_is_not_a_function_may_be_long(self):
        for head in ("namespace a {", "class A {", "struct A : B {", "enum class A : int {", "const std::array<int, 99> a{",
                     "const auto table = std::to_array<Row>({", "extern \"C\" {"):
            end = "});\n" if "({" in head else "};\n"
            with self.subTest(head=head):
                self.assertEqual(problems("base/a.cpp", head + "\n" + "    1,\n" * 80 + end), [])

    def test_a_brace_in_a_literal_is_no_brace(self):
        text = "void f() {\n    say(\"{\"); say('{'); say(R\"({)\"); // {\n}\nvoid g() {\n" + body(55) + "}\n"

        self.assertEqual(problems("base/a.cpp", text), [])

    def test_five_parameters_are_the_most(self):
        self.assertEqual(problems("base/a.hpp", "void f(int a, std::map<int, int> b, int c, int d = g(1, 2), A e = {1, 2});\n"), [])
        self.assertEqual(problems("base/a.hpp", "struct A {\n    void f(int a, int b, int c, int d, int e, int f);\n};\n"),
                         ["base/a.hpp:2: 6 parameters; the limit is 5"])
        self.assertEqual(problems("base/a.cpp", "void f() {\n    g(1, 2, 3, 4, 5, 6, 7);\n}\n"), [])
        self.assertEqual(len(problems("base/a.cpp", "A::A(int a, int b, int c, int d, int e, int f) : a_(a) {\n}\n")), 1)

    def test_a_callback_may_leave_parameters_unnamed(self):
        text = "int choose(A*, const B** b, C* c, const D* d, unsigned e, void*) {\n}\n"

        self.assertEqual(problems("net/a.cpp", text), [])
        self.assertEqual(len(problems("net/a.hpp", "int choose(A*, B**, C*, D*, E&, void*);\n")), 1)

    def test_a_table_of_data_is_no_code(self):
        self.assertEqual(problems("net/a.cpp", "std::vector<A> rows() {\n    return {\n" + "        {1},\n" * 80 + "    };\n}\n"), [])

    def test_digit_separators_do_not_open_a_character(self):
        self.assertEqual(blank("auto a = 1'000'000; // x", False), "auto a = 1'000'000;     ")

    def test_scripts_have_limits_too(self):
        self.assertEqual(len(problems("web/src/lib/a.ts", "export function f(a: string): string {\n" + body(60) + "}\n")), 1)
        self.assertEqual(len(problems("web/src/lib/a.ts", "const f = async (a: string) => {\n" + body(60) + "};\n")), 1)
        self.assertEqual(problems("web/src/app/a.tsx", "export function A() {\n" + body(100) + "}\n"), [])
        self.assertEqual(len(problems("web/src/app/a.tsx", "export function A() {\n" + body(130) + "}\n")), 1)
        self.assertEqual(problems("web/src/lib/a.ts", "const table = {\n" + "    a: 1,\n" * 90 + "};\n"), [])

    def test_a_closure_counts_its_own_lines(self):
        inner = "  function f() {\n" + body(40) + "  }\n"

        self.assertEqual(problems("web/src/lib/a.ts", "function make() {\n" + inner * 3 + "}\n"), [])

    def test_regular_expressions_and_templates_in_scripts(self):
        text = "function f() {\n  const a = /[{/]/.test(`{${b}`);\n}\nfunction g() {\n" + body(50) + "}\n"

        self.assertEqual(problems("web/src/lib/a.ts", text), [])

    def test_python_has_limits_too(self):
        self.assertEqual(len(problems("tools/a.py", "def f():\n" + "    work()\n" * 61)), 1)


class Settings(unittest.TestCase):
    def check(self, fields, code):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "services" / "shop").mkdir(parents=True)
            (root / "services" / "shop" / "shop.cpp").write_text(code)
            text = (f"struct Config {{\n    int a_max = 1;\n    static constexpr std::array fields{{{fields}}};\n}};\n"
                    "BOOST_DESCRIBE_STRUCT(Config, (), (a_max))\n")
            return [p.split(": ", 1)[1] for p in problems("services/shop/config.hpp", text, root) if "setting" in p]

    def test_with_a_sentence_that_something_reads_are_fine(self):
        self.assertEqual(self.check('wire::Field{"a_max", 0, 9, "At most."},', "int x = config.a_max;"), [])
        self.assertEqual(self.check('wire::Field{.name = "a_max", .doc = "At most."},', "use(config_->a_max);"), [])

    def test_need_a_sentence(self):
        for fields in ("", 'wire::Field{"a_max", 0, 9, ""},', 'wire::Field{"a_max", 0, 9},'):
            self.assertEqual(self.check(fields + " wire::Field{};", "int x = config.a_max;"),
                             ["the setting Config.a_max has no sentence"])

    def test_need_a_reader(self):
        self.assertEqual(self.check('wire::Field{"a_max", 0, 9, "At most."},', "int a_max = 3;"),
                         ["nothing reads the setting Config.a_max"])


class Documents(unittest.TestCase):
    def test_a_table_has_as_many_cells_in_each_row(self):
        good = "# A\n\n| a | b |\n|---|---|\n| `x|y` | 2 |\n"
        bad = "# A\n\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n"
        headless = "# A\n\n| a | b |\n| 1 | 2 |\n"

        self.assertEqual(problems("docs/a.md", good), [])
        self.assertEqual(problems("docs/a.md", bad), ["docs/a.md:5: a row of 3 cells in a table of 2"])
        self.assertEqual(problems("docs/a.md", headless), ["docs/a.md:3: a table needs |---| below its head"])

    def test_a_table_of_services_has_a_row_for_each(self):
        (self.root / "services").mkdir()
        (self.root / "services" / "services.cmake").write_text('set(LOQUAT_SERVICES\n  "auth auth/auth auth/accounts"\n  "chat"\n)\n')
        good = "# A\n\n| service | what |\n|---|---|\n| `chat` | x |\n| `auth` | x |\n"

        self.assertEqual(problems("A.md", good, self.root), [])
        self.assertEqual(problems("A.md", good.replace("`chat`", "`shop`"), self.root),
                         ["A.md:3: the table of services lacks `chat`", "A.md:3: the table of services has `shop`"])

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "aio").mkdir()
        (self.root / "CMakeLists.txt").touch()
        (self.root / "aio" / "loop.hpp").touch()

    def test_a_readme_lists_only_what_is_there(self):
        text = "# aio\n\nA `Loop` is a thread; `Loop::run` runs it.\n\n`loop` the thread ·\n`backoff` waiting times\n"

        self.assertEqual(problems("aio/README.md", text, self.root), ["aio/README.md:6: lists `backoff`, which is not there"])

    def test_files_and_folders_in_bullets_and_tables(self):
        text = "# aio\n\n- `loop.hpp` here\n- `gone.hpp` not\n\n| `aio/` | here |\n|---|---|\n| `gone/` | not |\n| `some_setting` | a key |\n"

        self.assertEqual(problems("aio/README.md", text, self.root),
                         ["aio/README.md:4: lists `gone.hpp`, which is not there", "aio/README.md:8: lists `gone/`, which is not there"])

    def test_links_lead_somewhere(self):
        text = "# A\n\n[loop](aio/loop.hpp) [gone](gone.md) [web](https://example.org) [below](#below)\n\n```\n[x](y)\n```\n"

        self.assertEqual(problems("A.md", text, self.root), ["A.md:3: the link gone.md leads nowhere"])

    def test_a_document_has_one_title(self):
        self.assertEqual(problems("A.md", "# A\n\n# B\n", self.root), ["A.md:1: a document has one title; this one has 2"])


if __name__ == "__main__":
    unittest.main()
