#include "tests/fault/network.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "base/failure.hpp"
#include "testing/platform/program.hpp"

namespace loquat::test {
namespace {

constexpr const char* this_space = "/proc/thread-self/ns/net";
constexpr const char* bridge = "middle";

int open_this_space() { return ::open(this_space, O_RDONLY | O_CLOEXEC); }

Failure no_network(const std::string& why) { return {Kind::internal, "test.network", why}; }

// One command of `ip` a line.
void ip(const std::string& commands) {
    Program program{{"-batch", "-"}, {.program = "ip", .input = commands}};
    if (program.wait_for_end() != 0) {
        throw no_network(commands + program.errors());
    }
}

}  // namespace

bool Network::is_possible() {
    const bool has_ip = ::access("/usr/sbin/ip", X_OK) == 0 || ::access("/sbin/ip", X_OK) == 0 ||
                        ::access("/usr/bin/ip", X_OK) == 0;
    return ::geteuid() == 0 && has_ip;
}

Network::Network() : before_(open_this_space()) {
    if (::unshare(CLONE_NEWNET) != 0) {
        ::close(before_);
        throw no_network("a network namespace cannot be made");
    }
    middle_ = open_this_space();
    const std::string name{bridge};
    ip("link set lo up\nlink add " + name +
       " type bridge forward_delay 0\naddr add 10.77.0.1/24 dev " + name + "\nlink set " + name +
       " up\n");
}

Network::~Network() {
    ::setns(before_, CLONE_NEWNET);
    for (const auto& [name, place] : places_) {
        ::close(place.space);
    }
    ::close(middle_);
    ::close(before_);
}

std::string Network::add(const std::string& name) {
    const std::string number = std::to_string(places_.size() + 2);
    const std::string address = "10.77.0." + number;
    Place& place = places_[name];
    place.wire = "w" + number;
    if (::unshare(CLONE_NEWNET) != 0) {
        throw no_network("a network namespace cannot be made");
    }
    place.space = open_this_space();
    ip("link set lo up\n");
    ::setns(middle_, CLONE_NEWNET);
    const std::string file =
        "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(place.space);
    ip("link add " + place.wire + " type veth peer name eth0 netns " + file + "\nlink set " +
       place.wire + " master " + bridge + " up\n");
    inside(name, [&] { ip("addr add " + address + "/24 dev eth0\nlink set eth0 up\n"); });
    return address;
}

void Network::inside(const std::string& place, const std::function<void()>& work) const {
    ::setns(places_.at(place).space, CLONE_NEWNET);
    struct Back {
        int middle;
        ~Back() { ::setns(middle, CLONE_NEWNET); }
    };
    const Back back{middle_};
    work();
}

void Network::cut(const std::string& place) const {
    ip("link set " + places_.at(place).wire + " nomaster\n");
}

void Network::heal(const std::string& place) const {
    ip("link set " + places_.at(place).wire + " master " + bridge + "\n");
}

}  // namespace loquat::test
