#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "net/tls/authority.hpp"
#include "wire/describe.hpp"

namespace loquat::app {

enum class CertificateState { good, due, expired, not_yet_valid, foreign, no_key, unreadable };
BOOST_DESCRIBE_ENUM(CertificateState, good, due, expired, not_yet_valid, foreign, no_key,
                    unreadable)

// One NAME.pem of a folder.
struct CertificateLine {
    std::string name;
    CertificateState state = CertificateState::unreadable;
    net::tls::CertificateFacts facts;  // empty when it is unreadable
};

// A folder with an authority of one's own (ca.pem, ca.key) and what it has issued: NAME.pem and
// NAME.key for each process.  Keys are for this user alone; each file is replaced whole or not at
// all, the key before its certificate.  Throws Failures `certs.*`, `tls.*` and of files.
class CertificateFolder {
  public:
    static constexpr std::chrono::days authority_time{3'650};
    static constexpr std::chrono::days leaf_time{90};

    explicit CertificateFolder(std::filesystem::path path) : path_(std::move(path)) {}

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path authority_file() const { return path_ / "ca.pem"; }
    std::filesystem::path certificate_file(const std::string& name) const;
    std::filesystem::path key_file(const std::string& name) const;
    bool has_authority() const;

    enum class Existing { keep, replace };
    // Makes the authority.  One that is there is kept (`certs.exists`) or replaced; then its
    // certificate stays in ca.pem behind the new one, so that what it has issued goes on.
    void make_authority(const std::string& name, std::chrono::days time, Existing existing,
                        Time now) const;

    struct Wish {
        std::string name;                // of the files, and the first service
        std::vector<std::string> also;   // other services of the same process
        std::vector<std::string> hosts;  // addresses and host names, for clients that check those
        std::chrono::days time = leaf_time;
    };
    // One that is there is kept (`certs.exists`) or replaced.
    void issue(const Wish& wish, Existing existing, Time now) const;
    // The same names again, with a new key and for as long as before.
    void renew(const std::string& name, Time now) const;

    // All that are there, by name; the authority is not among them.
    std::vector<CertificateLine> list(Time now) const;
    // Throws `certs.unknown`.
    CertificateLine get(const std::string& name, Time now) const;
    net::tls::CertificateFacts authority_facts() const;

  private:
    net::tls::KeyPair read_authority() const;
    CertificateState judge(const std::string& name, const std::string& certificate,
                           const net::tls::CertificateFacts& facts, Time now) const;
    void write_pair(const std::string& name, const net::tls::KeyPair& pair) const;

    std::filesystem::path path_;
};

// Whether a third of its time or less is left.
bool is_due(const net::tls::CertificateFacts& facts, Time now);

// Makes what of `wishes` is missing, names other services or is due, the authority too.  The names
// of those that are new.
std::vector<std::string> keep_certificates(const CertificateFolder& folder,
                                           const std::vector<CertificateFolder::Wish>& wishes,
                                           Time now);

}  // namespace loquat::app
