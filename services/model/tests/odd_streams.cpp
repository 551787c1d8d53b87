#include "services/model/tests/odd_streams.hpp"

namespace loquat::model::test {

using namespace std::literals;

std::string chunk(const std::string& delta_object) {
    return R"(data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":)" +
           delta_object + R"(,"finish_reason":null}]})" + "\n\n";
}

std::string say(const std::string& json_string) {
    return chunk(R"({"content":")" + json_string + "\"}");
}

namespace {

const std::string figures =
    R"(data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}})"
    "\n\n";

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::string finish_as(const std::string& reason) {
    return R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":)" + reason + "}]}\n\n";
}

using Streams = std::vector<OddStream>;

// How lines and events are framed.
Streams framing() {
    const std::string usual = say("Hel") + say("lo") + stop + figures + the_end;
    const std::string no_space = replace_all(usual, "data: ", "data:");
    return {
        {"the usual stream", usual, "Hello", "", "stop", 9, 2},
        {"CRLF", replace_all(usual, "\n", "\r\n"), "Hello", "", "stop", 9, 2},
        {"CR", replace_all(usual, "\n", "\r"), "Hello", "", "stop", 9, 2},
        {"mixed line ends",
         say("Hel") + replace_all(say("lo"), "\n", "\r\n") + replace_all(stop, "\n", "\r") +
             the_end,
         "Hello", "", "stop"},
        {"no space after data:", no_space, "Hello", "", "stop", 9, 2},
        {"a byte order mark", "\xef\xbb\xbf" + usual, "Hello", "", "stop", 9, 2},
        {"empty lines first", "\n\r\n\n" + usual, "Hello", "", "stop", 9, 2},
        {"comments anywhere",
         ": OPENROUTER PROCESSING\n\n:\n\n" + say("Hel") + ": ping\n" + say("lo") + ":\n" + stop +
             ": bye\n\n" + the_end,
         "Hello", "", "stop"},
        {"event, id and retry",
         "event: message\nid: 1\nretry: 100\n" + say("Hello") + stop + the_end, "Hello", "",
         "stop"},
        {"data on several lines",
         "data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"Hello\"},\ndata: "
         "\"finish_reason\":\"stop\"}]}\n\n" +
             the_end,
         "Hello", "", "stop"},
        {"[DONE] without an empty line", say("Hello") + stop + "data: [DONE]\n", "Hello", "",
         "stop"},
        {"[DONE] without a line end", say("Hello") + stop + "data: [DONE]", "Hello", "", "stop"},
        {"[DONE] with white space", say("Hello") + stop + "data:  [DONE] \n\n", "Hello", "",
         "stop"},
        {"no [DONE] after the finish", say("Hello") + stop, "Hello", "", "stop"},
        {"no [DONE] after the figures", say("Hello") + stop + figures, "Hello", "", "stop", 9, 2},
        {"the finish without an empty line", say("Hello") + stop.substr(0, stop.size() - 2),
         "Hello", "", "stop"},
        {"[DONE] without a finish", say("Hello") + the_end, "Hello", "", "stop"},
        {"[DONE] without anything", the_end, "", "provider.bad_answer", ""},
        {"events after [DONE]", say("Hello") + stop + the_end + say(" again"), "Hello", "", "stop"},
        {"empty data", "data:\n\ndata: \n\n" + usual, "Hello", "", "stop", 9, 2},
        {"unknown fields", "foo: bar\n" + say("Hello") + "x\n\n" + stop + the_end, "Hello", "",
         "stop"},
    };
}

// What stands in the chunks of servers in use.
Streams shapes() {
    return {
        {"Azure: no choices first",
         R"(data: {"choices":[],"prompt_filter_results":[{"index":0}]})"
         "\n\n" +
             say("Hi") + stop + the_end,
         "Hi", "", "stop"},
        {"null content first",
         chunk(R"({"role":"assistant","content":null})") + say("Hi") + stop + the_end, "Hi", "",
         "stop"},
        {"role null or empty",
         chunk(R"({"role":null,"content":""})") + chunk(R"({"role":"","content":"Hi"})") + stop +
             the_end,
         "Hi", "", "stop"},
        {"delta null", chunk("null") + say("Hi") + stop + the_end, "Hi", "", "stop"},
        {"no delta, no index",
         R"(data: {"choices":[{"finish_reason":null}]})"
         "\n\n"
         R"(data: {"choices":[{"delta":{"content":"Hi"}}]})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"choices null",
         R"(data: {"id":"x","choices":null})"
         "\n\n" +
             say("Hi") + stop + the_end,
         "Hi", "", "stop"},
        {"finish_reason empty, then real",
         R"(data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":""}]})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"finish_reason twice", say("Hi") + stop + stop + the_end, "Hi", "", "stop"},
        {"text with the finish",
         R"(data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]})"
         "\n\n" +
             the_end,
         "Hi", "", "stop"},
        {"text after the finish", say("H") + stop + say("i") + the_end, "Hi", "", "stop"},
        {"length", say("Hi") + finish_as("\"length\"") + the_end, "Hi", "", "length"},
        {"MAX_TOKENS", say("Hi") + finish_as("\"MAX_TOKENS\"") + the_end, "Hi", "", "length"},
        {"eos", say("Hi") + finish_as("\"eos\"") + the_end, "Hi", "", "stop"},
        {"an unknown finish", say("Hi") + finish_as("\"bored\"") + the_end, "Hi", "", "other"},
        {"tool calls nobody asked for",
         chunk(
             R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]})") +
             finish_as("\"tool_calls\"") + the_end,
         "", "", "other"},
        {"a finish that is no text", say("Hi") + finish_as("7") + the_end, "Hi", "", "stop"},
        {"other choices",
         R"(data: {"choices":[{"index":1,"delta":{"content":"no"}},)"
         R"({"index":0,"delta":{"content":"Hi"}}]})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"the text so far beside the delta",
         R"(data: {"choices":[{"delta":{"content":"H"},"message":{"content":"H"}}]})"
         "\n\n"
         R"(data: {"choices":[{"delta":{"content":"i"},"message":{"content":"Hi"}}]})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"a whole message in an event",
         R"(data: {"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},)"
         R"("finish_reason":"stop"}]})"
         "\n\n" +
             the_end,
         "Hi", "", "stop"},
        {"a plain JSON answer",
         "{\n \"object\": \"chat.completion\",\n \"choices\": [{\"index\": 0, \"message\": "
         "{\"role\": \"assistant\", \"content\": \"Hi\"}, \"finish_reason\": \"stop\"}],\n"
         " \"usage\": {\"prompt_tokens\": 3, \"completion_tokens\": 1, \"total_tokens\": 4}}\n",
         "Hi", "", "stop", 3, 1},
        {"text of an old completion",
         R"(data: {"choices":[{"text":"Hi","index":0}]})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"content in parts",
         chunk(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},)"
               R"({"type":"text","text":"Hi"}]})") +
             stop + the_end,
         "Hi", "", "stop"},
        {"a refusal is text", chunk(R"({"refusal":"I cannot"})") + stop + the_end, "I cannot", "",
         "stop"},
        {"NaN and numbers of all kinds",
         R"(data: {"created":1.5e9,"x":-0.1E+2,"y":NaN,"choices":[{"index":0,"logprobs":-Infinity,)"
         R"("delta":{"content":"Hi"}}]})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"reasoning_content", chunk(R"({"reasoning_content":"hm"})") + say("Hi") + stop + the_end,
         "Hi", "", "stop"},
        {"reasoning", chunk(R"({"reasoning":"hm","content":""})") + say("Hi") + stop + the_end,
         "Hi", "", "stop"},
        {"thoughts only", chunk(R"({"reasoning_text":"hm"})") + finish_as("\"length\"") + the_end,
         "", "", "length"},
        {"thoughts in the text",
         say("<th") + say("ink>\\nhm <b>") + say("</thi") + say("nk>\\n\\nH") + say("i") + stop +
             the_end,
         "Hi", "", "stop"},
        {"thoughts that never end", say("<think>hm") + finish_as("\"length\"") + the_end, "", "",
         "length"},
        {"what only looks like thoughts", say("<th") + say("e> <think>x</think>") + stop + the_end,
         "<the> ", "", "stop"},
        {"the beginning of a tag", say("<thi") + stop + the_end, "<thi", "", "stop"},
    };
}

Streams figures_of_use() {
    return {
        {"usage null",
         R"(data: {"choices":[{"delta":{"content":"Hi"}}],"usage":null})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"usage with each chunk",
         R"(data: {"choices":[{"delta":{"content":"H"}}],"usage":{"prompt_tokens":5,"completion_tokens":1}})"
         "\n\n"
         R"(data: {"choices":[{"delta":{"content":"i"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop", 5, 2},
        {"usage after which null comes",
         say("Hi") + figures +
             R"(data: {"choices":[],"usage":null})"
             "\n\n" +
             stop + the_end,
         "Hi", "", "stop", 9, 2},
        {"usage after which zeros come",
         say("Hi") + stop + figures +
             R"(data: {"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}})"
             "\n\n" +
             the_end,
         "Hi", "", "stop", 9, 2},
        {"usage in other notations",
         say("Hi") + stop + replace_all(replace_all(figures, "9", "9.0"), "2}", "2e0}") + the_end,
         "Hi", "", "stop", 9, 2},
        {"usage without a field",
         say("Hi") + stop +
             R"(data: {"choices":[],"usage":{"prompt_tokens":4}})"
             "\n\n" +
             the_end,
         "Hi", "", "stop", 4, -1},
        {"usage of other types",
         say("Hi") + stop +
             R"(data: {"choices":[],"usage":{"prompt_tokens":"4","completion_tokens":-3,"x":{"y":[1]}}})"
             "\n\n" +
             the_end,
         "Hi", "", "stop"},
        {"x_groq.usage",
         say("Hi") +
             R"(data: {"choices":[{"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r","usage":)"
             R"({"queue_time":0.1,"prompt_tokens":7,"completion_tokens":1}}})"
             "\n\n" +
             the_end,
         "Hi", "", "stop", 7, 1},
    };
}

Streams errors() {
    return {
        {"an error in the stream",
         say("Hi") + R"(data: {"error":{"message":"boom","code":502}})"
                     "\n\n",
         "Hi", "provider.unavailable", ""},
        {"an error before anything",
         R"(data: {"error":{"message":"slow down","type":"rate_limit_exceeded"}})"
         "\n\n",
         "", "provider.rate_limited", ""},
        {"error as a text",
         R"(data: {"error":"model crashed"})"
         "\n\n",
         "", "provider.unavailable", ""},
        {"error with the code as text",
         R"(data: {"error":{"message":"x","code":"insufficient_quota","type":"requests"}})"
         "\n\n",
         "", "provider.quota_exceeded", ""},
        {"OpenRouter's error",
         say("Hi") +
             R"(data: {"id":"x","error":{"code":"server_error","message":"x"},)"
             R"("choices":[{"delta":{"content":""},"finish_reason":"error"}]})"
             "\n\n" +
             the_end,
         "Hi", "provider.unavailable", ""},
        {"finish_reason error alone", say("Hi") + finish_as("\"error\"") + the_end, "Hi",
         "provider.unavailable", ""},
        {"event: error", "event: error\ndata: {\"message\":\"no\",\"code\":429}\n\n", "",
         "provider.rate_limited", ""},
        {"event: error with plain text", "event: error\ndata: it broke\n\n", "",
         "provider.unavailable", ""},
        {"x_groq.error",
         say("Hi") +
             R"(data: {"choices":[],"x_groq":{"error":"over capacity"}})"
             "\n\n" +
             the_end,
         "Hi", "provider.unavailable", ""},
        {"object error",
         R"(data: {"object":"error","message":"bad input","code":400})"
         "\n\n" +
             the_end,
         "", "provider.refused", ""},
        {"detail", R"({"detail":"Not authenticated","status":401})", "", "provider.refused", ""},
        {"error null and false",
         R"(data: {"error":null,"choices":[{"delta":{"content":"Hi"}}]})"
         "\n\n"
         R"(data: {"error":false,"choices":[]})"
         "\n\n" +
             stop + the_end,
         "Hi", "", "stop"},
        {"a JSON error with status 200", R"({"error":{"message":"no such model","code":404}})", "",
         "provider.refused", ""},
        {"a list of errors as JSON", R"({"error":[{"code":503,"message":"busy"}]})", "",
         "provider.unavailable", ""},
        {"JSON that says nothing", R"({"hello":"world"})", "", "provider.bad_answer", ""},
        {"JSON that is cut", R"({"choices":[{"message":{"content":"Hi)", "", "provider.bad_answer",
         ""},
        {"JSON lines", "{\"message\":{\"content\":\"Hi\"}}\n{\"done\":true}\n", "",
         "provider.bad_answer", ""},
        {"an empty content filter", finish_as("\"content_filter\"") + the_end, "",
         "provider.content_filter", ""},
        {"a content filter within", say("Hi") + finish_as("\"content_filter\"") + the_end, "Hi", "",
         "content_filter"},
    };
}

Streams broken() {
    return {
        {"nothing at all", "", "", "provider.truncated", ""},
        {"only comments", ": ping\n\n: ping\n\n", "", "provider.truncated", ""},
        {"no finish", say("Hel") + say("lo"), "Hello", "provider.truncated", ""},
        {"figures but no finish", say("Hello") + figures, "Hello", "provider.truncated", "", 9, 2},
        {"a chunk that is cut", say("Hel") + R"(data: {"choices":[{"delta":{"con)", "Hel",
         "provider.truncated", ""},
        {"a character that is cut", say("Hi \\ud83d"), "Hi \xef\xbf\xbd", "provider.truncated", ""},
        {"HTML", "<!DOCTYPE html><html><body>Sign in</body></html>", "", "provider.bad_answer", ""},
        {"HTML after white space", " \n<html></html>", "", "provider.bad_answer", ""},
        {"a sentence", "upstream connect error\n", "", "provider.bad_answer", ""},
        {"white space only", " \n \n", "", "provider.truncated", ""},
        {"no JSON in an event", say("Hi") + "data: oops\n\n" + stop + the_end, "Hi",
         "provider.bad_answer", ""},
        {"JSON with something behind it",
         R"(data: {"choices":[]} x)"
         "\n\n" +
             stop + the_end,
         "", "provider.bad_answer", ""},
        {"an array", "data: [1,2]\n\n", "", "provider.bad_answer", ""},
        {"a bad escape", say("Hi\\q") + stop + the_end, "", "provider.bad_answer", ""},
        {"a bad \\u escape", say("Hi\\u12") + stop + the_end, "", "provider.bad_answer", ""},
        {"too deep", "data: {\"x\":" + std::string(100, '[') + std::string(100, ']') + "}\n\n", "",
         "provider.bad_answer", ""},
        {"too deep to be cut", "data: {\"x\":" + std::string(15'000, '[') + "\n\n", "",
         "provider.bad_answer", ""},
        {"one line without an end", "data: " + std::string(30'000, 'x'), "", "provider.bad_answer",
         ""},
        {"one JSON body without an end", "{\"choices\":\"" + std::string(30'000, 'x'), "",
         "provider.bad_answer", ""},
        {"a comment without an end", say("Hi") + stop + ":" + std::string(30'000, 'x'), "Hi", "",
         "stop"},
        {"NUL bytes", "\0\0\0\0"s, "", "provider.bad_answer", ""},
    };
}

Streams characters() {
    return {
        {"UTF-8", say("gr\xc3\xbc\xc3\x9f \xe4\xbd\xa0 \xf0\x9f\x98\x80") + stop + the_end,
         "gr\xc3\xbc\xc3\x9f \xe4\xbd\xa0 \xf0\x9f\x98\x80", "", "stop"},
        {"escapes", say("\\\"\\\\\\/\\t\\n\\u00fc\\ud83d\\ude00") + stop + the_end,
         "\"\\/\t\n\xc3\xbc\xf0\x9f\x98\x80", "", "stop"},
        {"a character split over two chunks", say("\xf0\x9f") + say("\x98\x80!") + stop + the_end,
         "\xf0\x9f\x98\x80!", "", "stop"},
        {"surrogates split over two chunks", say("\\ud83d") + say("\\ude00!") + stop + the_end,
         "\xf0\x9f\x98\x80!", "", "stop"},
        {"lone surrogates", say("a\\ud83db\\ude00c") + stop + the_end,
         "a\xef\xbf\xbd"
         "b\xef\xbf\xbd"
         "c",
         "", "stop"},
        {"bytes that are no UTF-8",
         say("a\xff\xc0\xaf"
             "b") +
             stop + the_end,
         "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
         "b",
         "", "stop"},
        {"control characters", say("a\\u0000\\u0007\\u001b[1m\\u007f\\u0085b") + stop + the_end,
         "a[1mb", "", "stop"},
        {"raw control characters", say("a\x01\tb") + stop + the_end, "a\tb", "", "stop"},
        {"line ends", say("a\\r\\nb\\rc\\r") + say("\\nd\\n") + stop + the_end, "a\nb\nc\nd\n", "",
         "stop"},
        {"white space at both ends", say("  Hi  ") + stop + the_end, "  Hi  ", "", "stop"},
        {"only white space", say(" \\n ") + stop + the_end, " \n ", "", "stop"},
        {"a mark within",
         say("a\xef\xbb\xbf"
             "b") +
             stop + the_end,
         "a\xef\xbb\xbf"
         "b",
         "", "stop"},
    };
}

}  // namespace

const std::vector<OddStream>& odd_streams() {
    static const std::vector<OddStream> all = [] {
        Streams joined;
        for (const Streams& some :
             {framing(), shapes(), figures_of_use(), errors(), broken(), characters()}) {
            joined.insert(joined.end(), some.begin(), some.end());
        }
        return joined;
    }();
    return all;
}

}  // namespace loquat::model::test
