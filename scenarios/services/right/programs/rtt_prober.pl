# A prober that goes round the list, and prints a table in the end. rtt_prober.pl LIST PORT SECONDS --udp|--tcp
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);

my ($list, $port, $seconds, $protocol) = @ARGV;
$protocol =~ s/^--//;
open(my $file, '<', $list) or die "$list: $!";
my @hosts = grep { length } split /[;\s]+/, do { local $/; <$file> };
my %of = map { $_ => { sent => 0, times => [] } } @hosts;

sub clock { return clock_gettime(CLOCK_MONOTONIC) }

sub seconds_to {
    my ($host, $number) = @_;
    my $began  = clock();
    my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Proto => $protocol, Timeout => 1) or return;
    return clock() - $began if $protocol eq 'tcp';
    $began = clock();
    $socket->send("sonda $number");
    IO::Select->new($socket)->can_read(1) or return;
    $socket->recv(my $answer, 100);
    return $answer eq "sonda $number" ? clock() - $began : ();
}

my $end = clock() + $seconds;
while (clock() < $end) {
    for my $host (@hosts) {
        my $took = seconds_to($host, $of{$host}{sent}++);
        push @{ $of{$host}{times} }, $took if defined $took;
    }
    sleep 0.02;
}

printf "%-16s %8s %9s %8s %15s\n", 'Dirección', 'Enviados', 'Recibidos', 'Perdidos', 'RTT medio (s)';
for my $host (@hosts) {
    my @times = @{ $of{$host}{times} };
    my $sum   = 0;
    $sum += $_ for @times;
    printf "%-16s %8d %9d %8d %15s\n", $host, $of{$host}{sent}, scalar @times, $of{$host}{sent} - @times,
      @times ? sprintf('%.6f', $sum / @times) : '-';
}
