#!/usr/bin/perl
# A client of docs/protocols/utc.md that takes the server's time as it is, and prints whole seconds: with luck they look right.
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(time);
my $server = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Proto => 'udp') or die "$!\n";
my $mark = pack 'NN', int rand 2**32, int rand 2**32;
my $asked = time;
$server->send('WPUT' . pack('CCCC', 1, 1, 0, 0) . $mark . pack('q>', $asked * 1e9) . "\0" x 32);
$server->recv(my $answer, 56);
my (undef, $answered) = unpack 'x24 q> q>', $answer;
print scalar gmtime $answered / 1e9, " UTC\n";
