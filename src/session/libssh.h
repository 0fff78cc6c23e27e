/*
 * libssh for the files of this room, loaded when the first connection or key is made
 * (base/lazy.h). Its functions are called by their own names; one that is missing in the list
 * or among the definitions does not link.
 */
#ifndef SESSION_LIBSSH_H
#define SESSION_LIBSSH_H

#include "base/lazy.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#define LIBSSH_FUNCTIONS(F)                                                                    \
    F(ssh_channel_free)                                                                        \
    F(ssh_channel_get_exit_status)                                                             \
    F(ssh_channel_new)                                                                         \
    F(ssh_channel_open_forward)                                                                \
    F(ssh_channel_open_session)                                                                \
    F(ssh_channel_poll)                                                                        \
    F(ssh_channel_request_exec)                                                                \
    F(ssh_channel_request_pty_size)                                                            \
    F(ssh_channel_request_shell)                                                               \
    F(ssh_channel_write)                                                                       \
    F(ssh_connect)                                                                             \
    F(ssh_disconnect)                                                                          \
    F(ssh_free)                                                                                \
    F(ssh_get_cipher_out)                                                                      \
    F(ssh_get_error)                                                                           \
    F(ssh_get_error_code)                                                                      \
    F(ssh_get_fd)                                                                              \
    F(ssh_get_kex_algo)                                                                        \
    F(ssh_get_poll_flags)                                                                      \
    F(ssh_get_server_publickey)                                                                \
    F(ssh_get_serverbanner)                                                                    \
    F(ssh_get_status)                                                                          \
    F(ssh_key_dup)                                                                             \
    F(ssh_key_free)                                                                            \
    F(ssh_key_type)                                                                            \
    F(ssh_key_type_to_char)                                                                    \
    F(ssh_new)                                                                                 \
    F(ssh_options_set)                                                                         \
    F(ssh_pki_copy_cert_to_privkey)                                                            \
    F(ssh_pki_export_pubkey_base64)                                                            \
    F(ssh_pki_import_cert_file)                                                                \
    F(ssh_pki_import_privkey_file)                                                             \
    F(ssh_pki_key_ecdsa_name)                                                                  \
    F(ssh_remove_channel_callbacks)                                                            \
    F(ssh_set_agent_socket)                                                                    \
    F(ssh_set_blocking)                                                                        \
    F(ssh_set_channel_callbacks)                                                               \
    F(ssh_set_message_callback)                                                                \
    F(ssh_string_free_char)                                                                    \
    F(ssh_userauth_agent)                                                                      \
    F(ssh_userauth_kbdint)                                                                     \
    F(ssh_userauth_kbdint_getnprompts)                                                         \
    F(ssh_userauth_kbdint_getprompt)                                                           \
    F(ssh_userauth_kbdint_setanswer)                                                           \
    F(ssh_userauth_list)                                                                       \
    F(ssh_userauth_none)                                                                       \
    F(ssh_userauth_password)                                                                   \
    F(ssh_userauth_publickey)                                                                  \
    F(ssh_version)

struct libssh {
    LIBSSH_FUNCTIONS(LAZY_POINTER)
};

extern struct libssh libssh;

/* Before any function of libssh is called. */
int libssh_load(struct err *err);

#define ssh_channel_free                libssh.ssh_channel_free
#define ssh_channel_get_exit_status     libssh.ssh_channel_get_exit_status
#define ssh_channel_new                 libssh.ssh_channel_new
#define ssh_channel_open_forward        libssh.ssh_channel_open_forward
#define ssh_channel_open_session        libssh.ssh_channel_open_session
#define ssh_channel_poll                libssh.ssh_channel_poll
#define ssh_channel_request_exec        libssh.ssh_channel_request_exec
#define ssh_channel_request_pty_size    libssh.ssh_channel_request_pty_size
#define ssh_channel_request_shell       libssh.ssh_channel_request_shell
#define ssh_channel_write               libssh.ssh_channel_write
#define ssh_connect                     libssh.ssh_connect
#define ssh_disconnect                  libssh.ssh_disconnect
#define ssh_free                        libssh.ssh_free
#define ssh_get_cipher_out              libssh.ssh_get_cipher_out
#define ssh_get_error                   libssh.ssh_get_error
#define ssh_get_error_code              libssh.ssh_get_error_code
#define ssh_get_fd                      libssh.ssh_get_fd
#define ssh_get_kex_algo                libssh.ssh_get_kex_algo
#define ssh_get_poll_flags              libssh.ssh_get_poll_flags
#define ssh_get_server_publickey        libssh.ssh_get_server_publickey
#define ssh_get_serverbanner            libssh.ssh_get_serverbanner
#define ssh_get_status                  libssh.ssh_get_status
#define ssh_key_dup                     libssh.ssh_key_dup
#define ssh_key_free                    libssh.ssh_key_free
#define ssh_key_type                    libssh.ssh_key_type
#define ssh_key_type_to_char            libssh.ssh_key_type_to_char
#define ssh_new                         libssh.ssh_new
#define ssh_options_set                 libssh.ssh_options_set
#define ssh_pki_copy_cert_to_privkey    libssh.ssh_pki_copy_cert_to_privkey
#define ssh_pki_export_pubkey_base64    libssh.ssh_pki_export_pubkey_base64
#define ssh_pki_import_cert_file        libssh.ssh_pki_import_cert_file
#define ssh_pki_import_privkey_file     libssh.ssh_pki_import_privkey_file
#define ssh_pki_key_ecdsa_name          libssh.ssh_pki_key_ecdsa_name
#define ssh_remove_channel_callbacks    libssh.ssh_remove_channel_callbacks
#define ssh_set_agent_socket            libssh.ssh_set_agent_socket
#define ssh_set_blocking                libssh.ssh_set_blocking
#define ssh_set_channel_callbacks       libssh.ssh_set_channel_callbacks
#define ssh_set_message_callback        libssh.ssh_set_message_callback
#define ssh_string_free_char            libssh.ssh_string_free_char
#define ssh_userauth_agent              libssh.ssh_userauth_agent
#define ssh_userauth_kbdint             libssh.ssh_userauth_kbdint
#define ssh_userauth_kbdint_getnprompts libssh.ssh_userauth_kbdint_getnprompts
#define ssh_userauth_kbdint_getprompt   libssh.ssh_userauth_kbdint_getprompt
#define ssh_userauth_kbdint_setanswer   libssh.ssh_userauth_kbdint_setanswer
#define ssh_userauth_list               libssh.ssh_userauth_list
#define ssh_userauth_none               libssh.ssh_userauth_none
#define ssh_userauth_password           libssh.ssh_userauth_password
#define ssh_userauth_publickey          libssh.ssh_userauth_publickey
#define ssh_version                     libssh.ssh_version

#endif
