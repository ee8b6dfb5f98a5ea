#!/usr/bin/perl -w
# Point de rendez-vous : rdv.pl [--port N] [--lifetime SECONDES]
use strict;
use Getopt::Long;
use Socket;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my %o = (port => 10000, lifetime => 180);
GetOptions(\%o, 'port=i', 'lifetime=f') or die "Utilisation : $0 [--port N] [--lifetime SECONDES]\n";
$SIG{INT} = $SIG{TERM} = sub { print STDERR "au revoir\n"; exit 0 };
$| = 1;

socket(S, PF_INET, SOCK_DGRAM, getprotobyname('udp') || 17) or die "socket : $!\n";
bind(S, sockaddr_in($o{port}, INADDR_ANY)) or die "port $o{port} : $!\n";

my ($racine, $fin) = (undef, 0);
while (1) {
    my $qui = recv(S, my $message, 65535, 0);
    next unless defined $qui;
    my ($port, $ip) = sockaddr_in($qui);
    my $nom = inet_ntoa($ip) . " $port";
    my $maintenant = clock_gettime(CLOCK_MONOTONIC);
    undef $racine if defined $racine && $maintenant >= $fin;
    my $reponse;
    if ($message =~ /\AROOT(?:\n|\z)/) {
        $reponse = "TOOR\n" . ($racine // '');
    } elsif ($message =~ /\ARREG(?:\n|\z)/) {
        if (!defined $racine || $racine eq $nom) {
            print "racine : $nom\n" unless defined $racine;
            ($racine, $fin) = ($nom, $maintenant + $o{lifetime});
            $reponse = "YREG\n";
        } else {
            $reponse = "NREG\n";
        }
    } else {
        print STDERR "message inconnu de $nom\n";
        next;
    }
    send(S, $reponse, 0, $qui) // print STDERR "$nom : $!\n";
}
