#include "services/registry/page/page.hpp"

#include <map>

#include "base/html.hpp"
#include "base/text.hpp"

namespace loquat::registry {
namespace {

using contracts::RegistryInstance;

std::string duration_text(std::chrono::milliseconds time) {
    const std::int64_t seconds = std::max<std::int64_t>(0, time.count() / 1000);
    if (seconds < 60) {
        return std::to_string(seconds) + " s";
    }
    if (seconds < 3'600) {
        return std::to_string(seconds / 60) + " min";
    }
    if (seconds < 86'400) {
        return std::to_string(seconds / 3'600) + " h";
    }
    return std::to_string(seconds / 86'400) + " d";
}

std::string time_cell(Time time, Time now, std::string_view label) {
    return "<td data-label=\"" + std::string{label} + "\"><time datetime=\"" + to_rfc3339(time) +
           "\" title=\"" + to_rfc3339(time) + "\">" + duration_text(now - time) + "</time></td>";
}

std::string status_cell(const RegistryInstance& instance) {
    return "<td data-label=\"Status\"><span class=\"status s-" +
           escape_html(to_lower_ascii(instance.status)) + "\">" + escape_html(instance.status) +
           "</span></td>";
}

std::string details_of(const RegistryInstance& instance) {
    std::string out;
    const auto add = [&out](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            out += out.empty() ? "" : " · ";
            out += std::string{name} + " " + escape_html(value);
        }
    };
    add("zone", instance.zone);
    add("version", instance.version);
    add("weight", instance.weight == 100 ? "" : std::to_string(instance.weight));
    return out.empty() ? out : "<small>" + out + "</small>";
}

std::string row_of(const RegistryInstance& instance, Time now) {
    return "<tr><th scope=\"row\"><code>" + escape_html(instance.id) + "</code>" +
           details_of(instance) + "</th>" + status_cell(instance) +
           "<td data-label=\"Address\"><code>" + escape_html(instance.url) + "</code></td>" +
           time_cell(instance.since, now, "Since") + time_cell(instance.last_heard, now, "Heard") +
           "<td data-label=\"Why\">" + escape_html(instance.reason) + "</td></tr>\n";
}

std::string applications_of(const PageContent& content) {
    std::string out;
    const auto& items = content.shown.items;
    for (std::size_t i = 0; i < items.size();) {
        std::size_t end = i;
        std::size_t up = 0;
        std::string rows;
        for (; end < items.size() && items[end].application == items[i].application; ++end) {
            rows += row_of(items[end], content.now);
            up += items[end].status == "UP" ? 1 : 0;
        }
        const std::string name = escape_html(items[i].application);
        out += "<section aria-labelledby=\"app-" + name + "\">\n<h2 id=\"app-" + name + "\">" +
               name + " <span class=\"count\">" + std::to_string(up) + " of " +
               std::to_string(end - i) +
               " up</span></h2>\n<table>\n<thead><tr><th "
               "scope=\"col\">Instance</th><th scope=\"col\">Status</th><th "
               "scope=\"col\">Address</th><th scope=\"col\">Since</th><th "
               "scope=\"col\">Heard</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n" +
               rows + "</tbody>\n</table>\n</section>\n";
        i = end;
    }
    return out;
}

std::string nothing_of(const PageContent& content) {
    if (!content.shown.items.empty()) {
        return {};
    }
    if (!content.text.empty()) {
        return "<p class=\"empty\">Nothing here has “" + escape_html(content.text) +
               "”. <a href=\"/registry\">Show all</a></p>\n";
    }
    return "<p class=\"empty\">No application has registered yet. A service finds this registry "
           "at <code>/eureka</code>.</p>\n";
}

std::string gone_of(const PageContent& content) {
    if (content.gone.empty()) {
        return {};
    }
    std::string out =
        "<section aria-labelledby=\"gone\">\n<h2 id=\"gone\">Gone lately</h2>\n<table>\n"
        "<thead><tr><th scope=\"col\">Instance</th><th scope=\"col\">Application</th><th "
        "scope=\"col\">Why</th></tr></thead>\n<tbody>\n";
    for (const auto& change : content.gone) {
        out += "<tr><th scope=\"row\"><code>" + escape_html(change.instance.id) +
               "</code></th><td data-label=\"Application\">" +
               escape_html(change.instance.application) + "</td><td data-label=\"Why\">" +
               escape_html(change.instance.reason) + "</td></tr>\n";
    }
    return out + "</tbody>\n</table>\n</section>\n";
}

std::string peers_of(const PageContent& content) {
    if (content.peers.empty()) {
        return {};
    }
    std::string out = "<section aria-labelledby=\"peers\">\n<h2 id=\"peers\">Peers</h2>\n<ul>\n";
    for (const auto& peer : content.peers) {
        out += "<li><code>" + escape_html(peer.name) + "</code> " +
               (peer.is_reached
                    ? "hears what happens here"
                    : "does not answer; " + std::to_string(peer.waiting) + " things wait for it") +
               "</li>\n";
    }
    return out + "</ul>\n</section>\n";
}

std::string next_of(const PageContent& content) {
    if (!content.shown.next) {
        return {};
    }
    return "<p><a rel=\"next\" href=\"/registry?q=" + percent_encode(content.text) +
           "&amp;after=" + percent_encode(*content.shown.next) + "\">More instances</a></p>\n";
}

}  // namespace

std::string registry_page(const PageContent& content) {
    const std::string place = content.shown.epoch + "-" + std::to_string(content.shown.version);
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
           "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
           "name=\"color-scheme\" content=\"light dark\">\n<title>Registry</title>\n<link "
           "rel=\"stylesheet\" href=\"/registry/style.css\">\n<script src=\"/registry/live.js\" "
           "defer></script>\n</head>\n<body>\n<a class=\"skip\" href=\"#list\">To the list</a>\n"
           "<header>\n<h1>Registry</h1>\n<p id=\"state\" role=\"status\">" +
           std::string{content.is_ready ? "" : "Catching up with its peers"} +
           "</p>\n<form action=\"/registry\" role=\"search\"><label for=\"q\">Find</label> <input "
           "id=\"q\" name=\"q\" type=\"search\" autocomplete=\"off\" placeholder=\"application, "
           "instance, status\" value=\"" +
           escape_html(content.text) +
           "\"> <button>Find</button></form>\n</header>\n<main id=\"list\" "
           "tabindex=\"-1\" data-place=\"" +
           escape_html(place) + "\">\n<p class=\"total\">" + std::to_string(content.shown.total) +
           (content.shown.total == 1 ? " instance" : " instances") + "</p>\n" +
           nothing_of(content) + applications_of(content) + next_of(content) + gone_of(content) +
           peers_of(content) + "</main>\n</body>\n</html>\n";
}

}  // namespace loquat::registry
