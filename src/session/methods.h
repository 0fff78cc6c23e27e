/* Ways to log in that can be barred, as bits. */
#ifndef SESSION_METHODS_H
#define SESSION_METHODS_H

enum login_method {
    LOGIN_PUBLICKEY = 1,
    LOGIN_INTERACTIVE = 2,
    LOGIN_PASSWORD = 4,
    LOGIN_ALL = LOGIN_PUBLICKEY | LOGIN_INTERACTIVE | LOGIN_PASSWORD,
};

#endif
