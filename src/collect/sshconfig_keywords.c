/* Which words ssh takes for keywords: a line that begins with another one is refused, as a
 * slip of the fingers in it would else pass silently. */
#include "base/guess.h"
#include "collect/sshconfig_part.h"

/* Of OpenSSH 9.2 as Debian builds it, as ssh_config(5) writes them. */
static const char *const keywords[] = {
    "Host", "Match", "Include", "IgnoreUnknown",
    /* whither */
    "HostName", "Port", "User", "AddressFamily", "BindAddress", "BindInterface", "ProxyCommand",
    "ProxyJump", "ProxyUseFdpass", "CanonicalDomains", "CanonicalizeFallbackLocal",
    "CanonicalizeHostname", "CanonicalizeMaxDots", "CanonicalizePermittedCNAMEs",
    "ConnectionAttempts", "ConnectTimeout",
    /* with what keys and secrets */
    "IdentityFile", "IdentitiesOnly", "IdentityAgent", "AddKeysToAgent", "CertificateFile",
    "PKCS11Provider", "SecurityKeyProvider", "PreferredAuthentications", "PubkeyAuthentication",
    "PasswordAuthentication", "KbdInteractiveAuthentication", "KbdInteractiveDevices",
    "ChallengeResponseAuthentication", "HostbasedAuthentication", "EnableSSHKeysign",
    "NumberOfPasswordPrompts", "BatchMode", "GSSAPIAuthentication", "GSSAPIClientIdentity",
    "GSSAPIDelegateCredentials", "GSSAPIKexAlgorithms", "GSSAPIKeyExchange",
    "GSSAPIRenewalForcesRekey", "GSSAPIServerIdentity", "GSSAPITrustDns",
    /* trusting whom */
    "StrictHostKeyChecking", "UserKnownHostsFile", "GlobalKnownHostsFile", "HostKeyAlias",
    "HashKnownHosts", "CheckHostIP", "KnownHostsCommand", "NoHostAuthenticationForLocalhost",
    "RevokedHostKeys", "UpdateHostKeys", "VerifyHostKeyDNS", "VisualHostKey", "FingerprintHash",
    /* by which algorithms */
    "KexAlgorithms", "Ciphers", "MACs", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms",
    "PubkeyAcceptedKeyTypes", "HostbasedAcceptedAlgorithms", "HostbasedKeyTypes",
    "CASignatureAlgorithms", "Compression", "RekeyLimit", "RequiredRSASize",
    /* and then */
    "ServerAliveInterval", "ServerAliveCountMax", "TCPKeepAlive", "IPQoS", "SetupTimeOut",
    "ProtocolKeepAlives", "ClearAllForwardings", "ControlMaster", "ControlPath",
    "ControlPersist", "DynamicForward", "EnableEscapeCommandline", "EscapeChar",
    "ExitOnForwardFailure", "ForkAfterAuthentication", "ForwardAgent", "ForwardX11",
    "ForwardX11Timeout", "ForwardX11Trusted", "GatewayPorts", "LocalCommand", "LocalForward",
    "LogLevel", "LogVerbose", "PermitLocalCommand", "PermitRemoteOpen", "RemoteCommand",
    "RemoteForward", "RequestTTY", "SendEnv", "SessionType", "SetEnv", "StdinNull",
    "StreamLocalBindMask", "StreamLocalBindUnlink", "SyslogFacility", "Tunnel", "TunnelDevice",
    "XAuthLocation",
    /* of later versions */
    "ChannelTimeout", "ObscureKeystrokeTiming", "RefuseConnection", "Tag", "VersionAddendum",
    "WarnWeakCrypto"};

/* What old configurations have. ssh passes over most of them, as we do. */
static const char *const old_keywords[] = {"AFSTokenPassing",
                                           "Cipher",
                                           "CompressionLevel",
                                           "DSAAuthentication",
                                           "FallBackToRsh",
                                           "GlobalKnownHostsFile2",
                                           "IdentityFile2",
                                           "KeepAlive",
                                           "KerberosAuthentication",
                                           "KerberosTGTPassing",
                                           "Protocol",
                                           "RSAAuthentication",
                                           "RhostsAuthentication",
                                           "RhostsRSAAuthentication",
                                           "SKeyAuthentication",
                                           "SmartcardDevice",
                                           "TISAuthentication",
                                           "UseBlacklistedKeys",
                                           "UsePrivilegedPort",
                                           "UseRoaming",
                                           "UserKnownHostsFile2",
                                           "UseRsh"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool is_among(struct view word, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (config_word_is(word, names[i])) {
            return true;
        }
    }
    return false;
}

bool config_keyword(struct view word)
{
    return is_among(word, keywords, COUNT(keywords)) ||
           is_among(word, old_keywords, COUNT(old_keywords));
}

int config_refuse_keyword(struct err *err, const struct origin *at, struct view word)
{
    const char *near = guess_nearest(word, keywords, COUNT(keywords));
    return config_error(err, at,
                        "ssh has no option '%.*s'%s%s%s; correct it, or name it with "
                        "IgnoreUnknown above this line",
                        VIEW_ARG(word), near ? " (did you mean " : "", near ? near : "",
                        near ? "?)" : "");
}
