#include "apps/loquat/certificates/folder.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "base/failure.hpp"
#include "net/address.hpp"
#include "store/file/file.hpp"

namespace loquat::app {
namespace {

namespace fs = std::filesystem;

// Clocks of other machines may be behind.
constexpr std::chrono::hours begins_before{1};
constexpr mode_t for_all = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
constexpr mode_t for_owner = S_IRUSR | S_IWUSR;

std::string read(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) {
        throw Failure{Kind::not_found, "certs.unreadable", file.string() + " cannot be read."};
    }
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const fs::path& file, const std::string& text, mode_t mode) {
    store::replace_file(file, text);
    ::chmod(file.c_str(), mode);
}

// Letters, digits, dots and hyphens, as in a host name: it names files, too.
void check_name(const std::string& name) {
    const bool is_good =
        !name.empty() && name.size() <= 63 && name != "ca" && name.front() != '-' &&
        name.front() != '.' && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        });
    if (!is_good) {
        throw Failure{Kind::invalid, "certs.bad_name",
                      "\"" + name +
                          "\" is no name for a certificate: small letters, digits, hyphens and "
                          "dots, at most 63 of them, and not ca."};
    }
}

void check_host(const std::string& host) {
    if (!net::Address::parse(host)) {
        check_name(host);
    }
}

std::vector<std::string> names_of(const net::tls::CertificateFacts& facts) {
    std::vector<std::string> names = facts.names;
    names.insert(names.end(), facts.addresses.begin(), facts.addresses.end());
    return names;
}

}  // namespace

bool is_due(const net::tls::CertificateFacts& facts, Time now) {
    return facts.validity.until - now <= (facts.validity.until - facts.validity.from) / 3;
}

fs::path CertificateFolder::certificate_file(const std::string& name) const {
    return path_ / (name + ".pem");
}

fs::path CertificateFolder::key_file(const std::string& name) const {
    return path_ / (name + ".key");
}

bool CertificateFolder::has_authority() const {
    std::error_code ignored;
    return fs::exists(authority_file(), ignored) || fs::exists(path_ / "ca.key", ignored);
}

void CertificateFolder::make_authority(const std::string& name, std::chrono::days time,
                                       Existing existing, Time now) const {
    std::string older;
    if (has_authority()) {
        if (existing == Existing::keep) {
            throw Failure{Kind::conflict, "certs.exists",
                          path_.string() +
                              " has an authority already. With --replace another is made; what "
                              "the old one has issued is trusted until `ca.pem` is cut to its "
                              "first certificate."};
        }
        older = read(authority_file());
    }
    store::make_folder(path_);
    const auto made = net::tls::make_authority(name, {now - begins_before, now + time});
    write(path_ / "ca.key", made.private_key, for_owner);
    write(authority_file(), made.certificates + older, for_all);
}

net::tls::KeyPair CertificateFolder::read_authority() const {
    if (!has_authority()) {
        throw Failure{Kind::not_found, "certs.no_authority",
                      path_.string() + " has no authority: make one with `loquat certs init`."};
    }
    return {read(authority_file()), read(path_ / "ca.key")};
}

void CertificateFolder::write_pair(const std::string& name, const net::tls::KeyPair& pair) const {
    write(key_file(name), pair.private_key, for_owner);
    write(certificate_file(name), pair.certificates, for_all);
}

void CertificateFolder::issue(const Wish& wish, Existing existing, Time now) const {
    check_name(wish.name);
    std::vector<std::string> names{wish.name};
    for (const std::string& other : wish.also) {
        check_name(other);
        names.push_back(other);
    }
    for (const std::string& host : wish.hosts) {
        check_host(host);
        names.push_back(host);
    }
    const net::tls::KeyPair authority = read_authority();
    std::error_code ignored;
    if (existing == Existing::keep && (fs::exists(certificate_file(wish.name), ignored) ||
                                       fs::exists(key_file(wish.name), ignored))) {
        throw Failure{Kind::conflict, "certs.exists",
                      certificate_file(wish.name).string() +
                          " is there already: renew it with `loquat certs renew " + wish.name +
                          "`, or give --replace."};
    }
    write_pair(wish.name,
               net::tls::issue(authority, names, {now - begins_before, now + wish.time}));
}

void CertificateFolder::renew(const std::string& name, Time now) const {
    const CertificateLine line = get(name, now);
    if (line.state == CertificateState::unreadable) {
        throw Failure{
            Kind::invalid, "certs.unreadable",
            certificate_file(name).string() + " is no certificate: issue it again with --replace."};
    }
    const auto time = line.facts.validity.until - line.facts.validity.from - begins_before;
    write_pair(name, net::tls::issue(read_authority(), names_of(line.facts),
                                     {now - begins_before, now + time}));
}

CertificateState CertificateFolder::judge(const std::string& name, const std::string& certificate,
                                          const net::tls::CertificateFacts& facts, Time now) const {
    std::error_code ignored;
    if (!fs::exists(authority_file(), ignored) ||
        !net::tls::is_signed_by(certificate, read(authority_file()))) {
        return CertificateState::foreign;
    }
    if (!fs::exists(key_file(name), ignored) ||
        !net::tls::is_pair({certificate, read(key_file(name))})) {
        return CertificateState::no_key;
    }
    if (now >= facts.validity.until) {
        return CertificateState::expired;
    }
    if (now < facts.validity.from) {
        return CertificateState::not_yet_valid;
    }
    return is_due(facts, now) ? CertificateState::due : CertificateState::good;
}

CertificateLine CertificateFolder::get(const std::string& name, Time now) const {
    check_name(name);
    std::error_code ignored;
    if (!fs::exists(certificate_file(name), ignored)) {
        throw Failure{Kind::not_found, "certs.unknown",
                      path_.string() + " has no certificate for " + name + "."};
    }
    CertificateLine line{.name = name};
    try {
        const std::string text = read(certificate_file(name));
        line.facts = net::tls::read_facts(text);
        line.state = judge(name, text, line.facts, now);
    } catch (const Failure&) {
        line.state = CertificateState::unreadable;
    }
    return line;
}

std::vector<CertificateLine> CertificateFolder::list(Time now) const {
    std::set<std::string> names;
    std::error_code failed;
    for (const fs::directory_entry& entry : fs::directory_iterator{path_, failed}) {
        if (entry.path().extension() == ".pem" && entry.path().stem() != "ca") {
            names.insert(entry.path().stem().string());
        }
    }
    if (failed) {
        throw Failure{Kind::not_found, "certs.unreadable",
                      path_.string() + " cannot be read: " + failed.message()};
    }
    std::vector<CertificateLine> lines;
    for (const std::string& name : names) {
        try {
            lines.push_back(get(name, now));
        } catch (const Failure&) {
            // Not named as ours are.
        }
    }
    return lines;
}

net::tls::CertificateFacts CertificateFolder::authority_facts() const {
    return net::tls::read_facts(read_authority().certificates);
}

std::vector<std::string> keep_certificates(const CertificateFolder& folder,
                                           const std::vector<CertificateFolder::Wish>& wishes,
                                           Time now) {
    using Existing = CertificateFolder::Existing;
    if (!folder.has_authority()) {
        folder.make_authority("Loquat", CertificateFolder::authority_time, Existing::keep, now);
    }
    const std::vector<CertificateLine> lines = folder.list(now);
    std::vector<std::string> made;
    for (const CertificateFolder::Wish& wish : wishes) {
        std::vector<std::string> wanted{wish.name};
        wanted.insert(wanted.end(), wish.also.begin(), wish.also.end());
        const auto line = std::ranges::find(lines, wish.name, &CertificateLine::name);
        if (line == lines.end() || line->state != CertificateState::good ||
            line->facts.names != wanted) {
            folder.issue(wish, Existing::replace, now);
            made.push_back(wish.name);
        }
    }
    return made;
}

}  // namespace loquat::app
