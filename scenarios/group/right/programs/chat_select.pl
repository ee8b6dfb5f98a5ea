#!/usr/bin/env perl
# Chat by multicast: salon.pl -room 224.1.1.1 -name ana [-port 5000]
use strict;
use warnings;
use Encode qw(decode encode FB_DEFAULT);
use Getopt::Long;
use IO::Select;
use Socket qw(:all);

my ($room, $name, $port) = (undef, undef, 5000);
GetOptions('room=s' => \$room, 'name=s' => \$name, 'port=i' => \$port) && defined $room && defined $name
    or die "Usage: $0 -room GROUP -name NAME [-port PORT]\n";
$| = 1;
my $group = inet_aton($room) or die "$room is no address\n";
my $there = pack_sockaddr_in($port, $group);

sub quit { print STDERR "salon.pl: @_\n"; exit 1 }

socket(my $out, PF_INET, SOCK_DGRAM, IPPROTO_UDP) or quit("socket: $!");
connect($out, $there) or quit("$room: $!");
socket(my $in, PF_INET, SOCK_DGRAM, IPPROTO_UDP) or quit("socket: $!");
setsockopt($in, SOL_SOCKET, SO_REUSEADDR, 1) or quit("reuse: $!");
bind($in, $there) or quit("bind: $!");
setsockopt($in, IPPROTO_IP, IP_ADD_MEMBERSHIP, pack_ip_mreq($group, INADDR_ANY)) or quit("$room: $!");

my $status = 0;
my $stop = 0;
$SIG{INT} = $SIG{TERM} = sub { $stop = 1 };

sub say_it {
    my $n = send($out, $_[0], 0);
    return if defined $n;
    print STDERR "not sent: $!\n";
    $status = 1;
}

sub hear {
    defined(my $from = recv($in, my $data, 65535, 0)) or return;
    my $text = decode('UTF-8', $data, FB_DEFAULT);
    $text =~ s/\s+\z//;
    $text =~ s/\p{Cc}|\p{Cf}|\x{2028}|\x{2029}/?/g;
    print encode('UTF-8', $text), "\n";
}

say_it("-- $name has come");
my $select = IO::Select->new($in, \*STDIN);
my $half = '';
until ($stop) {
    for my $ready ($select->can_read(0.5)) {
        if ($ready == $in) {
            hear();
            next;
        }
        my $n = sysread(STDIN, $half, 65536, length $half);
        next if !defined $n;
        $half .= "\n" if $n == 0 && length $half;
        say_it("$name says $1") while $half =~ s/\A([^\n]*)\n//;
        $stop = 1 if $n == 0;
    }
}
say_it("-- $name has gone");
hear() while IO::Select->new($in)->can_read(0.1);
exit $status;
