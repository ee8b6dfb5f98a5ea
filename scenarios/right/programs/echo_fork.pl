#!/usr/bin/perl
# An echo server for several clients, a process for each: echo_fork.pl PORT
use strict;
use warnings;
use IO::Socket::INET;

my $port = shift or die "usage: $0 PORT\n";
$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 5, ReuseAddr => 1, Proto => 'tcp') or die "port $port: $@\n";
while (1) {
    my $client = $server->accept() or next;
    my $child = fork();
    if ($child == 0) {
        close $server;
        my $data;
        while (sysread($client, $data, 4096)) {
            my $place = 0;
            while ($place < length $data) {
                $place += syswrite($client, $data, length($data) - $place, $place) // exit 1;
            }
        }
        exit 0;
    }
    close $client;
}
