#!/usr/bin/perl
# A UDP echo client with IO::Socket: udp_echo_client.pl HOST PORT TEXT
use strict;
use warnings;
use IO::Socket::INET;

my ($host, $port, $text) = @ARGV;
my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Proto => 'udp') or die "socket: $@\n";
$socket->send($text) or die "send: $!\n";
my $answer;
defined $socket->recv($answer, 4096) or die "recv: $!\n";
print "$answer\n";
