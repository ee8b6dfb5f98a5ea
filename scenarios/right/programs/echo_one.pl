#!/usr/bin/perl
# An echo server, one client after another: echo_one.pl PORT
use strict;
use Socket;

my $port = shift @ARGV;
socket(my $server, PF_INET, SOCK_STREAM, getprotobyname('tcp')) or die "socket: $!";
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, pack('l', 1));
bind($server, sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
listen($server, SOMAXCONN);
while (accept(my $client, $server)) {
    my $buffer;
    while (my $count = sysread($client, $buffer, 8192)) {
        for (my $sent = 0; $sent < $count;) {
            $sent += syswrite($client, $buffer, $count - $sent, $sent) || last;
        }
    }
    close $client;
}
