#!/usr/bin/perl
# A server of docs/protocols/utc.md.
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(time);
my $socket = IO::Socket::INET->new(LocalPort => $ARGV[0], Proto => 'udp') or die "$!\n";
my $instance = pack 'NN', int rand 2**32, int rand 2**32;
while (defined(my $from = $socket->recv(my $question, 1500))) {
  my $received = time;
  next unless length $question == 56 && substr($question, 0, 8) eq 'WPUT' . pack 'CCCC', 1, 1, 0, 0;
  my $answer = 'WPUT' . pack('CCCC', 1, 2, 3, 0) . substr($question, 8, 16);
  $answer .= pack('q> q>', $received * 1e9, time() * 1e9) . $instance . "\x7f" . "\xff" x 7;
  $socket->send($answer, 0, $from);
}
