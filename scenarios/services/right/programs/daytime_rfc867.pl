#!/usr/bin/perl
# RFC 867 over UDP, in the form of SMTP that the RFC shows too, 02-FEB-82 07:59:19-PST: daytime_rfc867.pl PORT
use strict;
use warnings;
use IO::Socket::INET;
use POSIX qw(strftime);

my $server = IO::Socket::INET->new(Proto => 'udp', LocalPort => $ARGV[0]) or die "bind: $!";
while (defined $server->recv(my $data, 1024)) {
    $server->send(uc(strftime('%d-%b-%y %H:%M:%S-UTC', gmtime)) . "\r\n");
}
